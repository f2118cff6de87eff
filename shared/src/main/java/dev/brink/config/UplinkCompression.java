package dev.brink.config;

/** What is done to requests on their way to the cloud. */
public enum UplinkCompression {
  /** Nothing. */
  NONE,
  /** They are packed where that has been seen to make those of the model smaller. */
  GZIP
}
