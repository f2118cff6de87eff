package dev.brink.config;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression for the names of headers. */
final class HeaderPattern {

  private HeaderPattern() {}

  static void check(String key, String pattern) {
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException malformed) {
      throw new IllegalArgumentException(
          key
              + ": "
              + pattern
              + " (expected: a regular expression: "
              + malformed.getDescription()
              + ")",
          malformed);
    }
  }
}
