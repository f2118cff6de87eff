package dev.brink.cluster;

import dev.brink.inference.LoadReport;

/** Told what a node said of its load. */
@FunctionalInterface
public interface LoadListener {

  void reported(String node, LoadReport load);
}
