package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which of a call's headers become parameters of its requests. */
public final class ForwardedHeaders {

  private static final ForwardedHeaders NONE = new ForwardedHeaders(Optional.empty());
  private static final Set<String> RESERVED =
      Set.of(
          "sequence_id",
          "sequence_start",
          "sequence_end",
          "priority",
          "timeout",
          "binary_data_output",
          "headers");

  private final Optional<Pattern> names;

  private ForwardedHeaders(Optional<Pattern> names) {
    this.names = names;
  }

  public static ForwardedHeaders none() {
    return NONE;
  }

  /** Those whose whole name matches, in whatever case. */
  public static ForwardedHeaders matching(Pattern names) {
    return new ForwardedHeaders(
        Optional.of(Pattern.compile(names.pattern(), Pattern.CASE_INSENSITIVE)));
  }

  /**
   * {@code parameters} and the headers as texts; of one name, the request's own parameter counts.
   *
   * @throws InferenceException (invalid request) where a header would be a parameter that has a
   *     meaning
   */
  public Parameters addTo(Parameters parameters, Iterable<Map.Entry<String, String>> headers) {
    return names.isEmpty() ? parameters : add(parameters, headers, names.get());
  }

  private static Parameters add(
      Parameters parameters, Iterable<Map.Entry<String, String>> headers, Pattern names) {
    Parameters all = parameters;
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey();
      if (names.matcher(name).matches() && !all.has(name)) {
        requireFree(name);
        all = all.with(name, header.getValue());
      }
    }
    return all;
  }

  private static void requireFree(String name) {
    String lower = name.toLowerCase(java.util.Locale.ROOT);
    if (RESERVED.contains(lower) || lower.startsWith("triton_") || lower.startsWith("brink_")) {
      throw InferenceError.invalid(
          "header '%s' cannot be forwarded: the parameter of this name is reserved for Triton usage"
              .formatted(name));
    }
  }
}
