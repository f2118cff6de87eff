package dev.brink.config;

/**
 * A text that is never printed: not in the effective configuration, not in a log, not in a problem.
 * It is given as {@code env:NAME} or {@code file:PATH} and read from there, or as it is.
 */
public final class Secret {

  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  public String value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && value.equals(secret.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
