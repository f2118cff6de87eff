package dev.brink.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How a key is written in YAML, in Java and in the environment, and which one was meant. */
final class Keys {

  private Keys() {}

  /** {@code maxBody} to {@code max-body}. */
  static String kebab(String camelCase) {
    return camelCase.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** {@code SURVIVES_ALL} to {@code survives-all}. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code http.max-body} to {@code BRINK_HTTP_MAX_BODY}. */
  static String environment(String path) {
    return "BRINK_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** {@code ""}, or the candidate that a slip of the hand makes of {@code written}. */
  static String didYouMean(String written, Collection<String> candidates) {
    Optional<String> nearest =
        candidates.stream().min(Comparator.comparingInt(known -> distance(written, known)));
    return nearest
        .filter(known -> distance(written, known) <= Math.max(2, known.length() / 3))
        .map(known -> " (did you mean " + known + "?)")
        .orElse("");
  }

  /** Levenshtein's, with a swap of neighbours as one step. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best = Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
