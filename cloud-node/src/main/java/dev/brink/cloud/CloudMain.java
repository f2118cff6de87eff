package dev.brink.cloud;

import dev.brink.node.NodeProcess;

/** Starts a cloud node. */
public final class CloudMain {

  private CloudMain() {}

  public static void main(String[] arguments) {
    new NodeProcess<>("cloud", CloudConfig.class, CloudNode::start).run(arguments);
  }
}
