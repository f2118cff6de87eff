package dev.brink.edge;

import dev.brink.node.NodeProcess;

/** Starts an edge node. */
public final class EdgeMain {

  private EdgeMain() {}

  public static void main(String[] arguments) {
    new NodeProcess<>("edge", EdgeConfig.class, EdgeNode::start).run(arguments);
  }
}
