package dev.brink.edge.bench;

/** What a node's engine did in a window of time. */
record EngineRate(double rowsPerSecond, double rowsInARun) {}
