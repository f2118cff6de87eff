package dev.brink.model;

/** What to do with a request that only the cloud can answer while the cloud cannot be reached. */
public enum OnOffline {
  /** Answer now, with the edge's answer where there is one. */
  ANSWER,
  /** Accept it as a job. */
  DEFER
}
