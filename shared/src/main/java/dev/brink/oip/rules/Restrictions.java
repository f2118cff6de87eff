package dev.brink.oip.rules;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Which parts of the protocol are only for callers who know a secret. */
public final class Restrictions {

  private static final Restrictions NONE = new Restrictions(Map.of());

  private final Map<ApiGroup, Key> keys;

  /** A header, and the value that it must have. */
  public record Key(String header, String value) {

    @Override
    public String toString() {
      return header + "=***";
    }
  }

  private Restrictions(Map<ApiGroup, Key> keys) {
    this.keys = keys;
  }

  public static Restrictions none() {
    return NONE;
  }

  public static Restrictions of(Map<ApiGroup, Key> keys) {
    return keys.isEmpty() ? NONE : new Restrictions(new EnumMap<>(keys));
  }

  /** Whether anything is restricted at all. */
  public boolean exist() {
    return !keys.isEmpty();
  }

  /**
   * The header that {@code group} wants and the caller has not, or with another value; empty where
   * the caller may go on.
   *
   * @param headers values by name; null where there is none
   */
  public Optional<String> missing(ApiGroup group, Function<String, String> headers) {
    Key key = keys.get(group);
    if (key == null || isRight(key, headers.apply(key.header()))) {
      return Optional.empty();
    }
    return Optional.of(key.header());
  }

  /** In a time that tells nothing of how much of it was right. */
  private static boolean isRight(Key key, String value) {
    return value != null
        && MessageDigest.isEqual(
            key.value().getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
  }
}
