package dev.brink.edge.cache;

/** Is told of every look-up; for metrics. */
public interface CacheListener {

  void hit(String model);

  void miss(String model);
}
