package dev.brink.oip.rules;

/** How much this node logs, to be looked at and changed while it runs. */
public interface LogSwitch {

  /** The least severe events that are logged. */
  enum Threshold {
    ERROR,
    WARNING,
    INFO,
    DEBUG,
    TRACE
  }

  Threshold threshold();

  void threshold(Threshold changed);
}
