package dev.brink.config;

/** How an event is written: for people, or one JSON object a line. */
public enum LogFormat {
  TEXT,
  JSON
}
