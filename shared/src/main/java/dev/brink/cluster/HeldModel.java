package dev.brink.cluster;

/** A model version that a node has ready. */
public record HeldModel(String name, String version) {}
