package dev.brink.oip.http;

import java.util.List;

/**
 * The model that a path names.
 *
 * @param version empty where the path names none
 * @param action what is behind the model: {@code infer}; empty for the model itself
 */
record ModelPath(String model, String version, String action) {

  /** Of the segments behind {@code /v2/models}; null where they are no path of the protocol. */
  static ModelPath of(List<String> segments) {
    int count = segments.size();
    boolean versioned = count >= 3 && segments.get(1).equals("versions");
    if (versioned && !isNumber(segments.get(2))) {
      return null;
    }
    int behind = versioned ? 3 : 1;
    String version = versioned ? segments.get(2) : "";
    if (count == behind) {
      return new ModelPath(segments.get(0), version, "");
    }
    String action = String.join("/", segments.subList(behind, count));
    return new ModelPath(segments.get(0), version, action);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 18
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
