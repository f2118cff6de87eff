package dev.brink.model;

/** State of one version of a model; the names are the repository extension's. */
public enum ModelState {
  LOADING,
  READY,
  UNLOADING,
  UNAVAILABLE
}
