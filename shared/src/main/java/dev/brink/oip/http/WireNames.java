package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import java.util.Locale;

/** The protocol's own header, and the standard ones that need reading. */
final class WireNames {

  static final String HEADER_LENGTH = "Inference-Header-Content-Length";

  private WireNames() {}

  /**
   * Length of a body's JSON: what the header says, the whole body where it is absent.
   *
   * @throws InferenceException (invalid request) in Triton's words
   */
  static int headerLength(String header, int bodyLength) {
    if (header.isEmpty()) {
      return bodyLength;
    }
    long length = parse(header);
    if (length > Integer.MAX_VALUE || length < Integer.MIN_VALUE) {
      throw InferenceError.invalid(
          "Unable to parse Inference-Header-Content-Length, value is out of range [ "
              + Integer.MIN_VALUE
              + ", "
              + Integer.MAX_VALUE
              + " ], got: "
              + header);
    }
    if (length < 0 || length > bodyLength) {
      throw InferenceError.invalid(
          "inference header size should be in range (0, %d), got: %d"
              .formatted(bodyLength, length));
    }
    return (int) length;
  }

  private static long parse(String header) {
    String digits = header.strip();
    if (!isNumber(digits)) {
      throw InferenceError.invalid(
          "Unable to parse Inference-Header-Content-Length, got: "
              + header.substring(0, Math.min(100, header.length())));
    }
    return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
  }

  /** Whether it is a sign or none and up to a hundred digits. */
  private static boolean isNumber(String text) {
    boolean signed = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+');
    int first = signed ? 1 : 0;
    for (int i = first; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > first && text.length() - first <= 100;
  }

  static boolean prefersAsync(String prefer) {
    if (prefer.isEmpty()) {
      return false;
    }
    for (String preference : prefer.toLowerCase(Locale.ROOT).split(",")) {
      if (preference.split(";", 2)[0].strip().equals("respond-async")) {
        return true;
      }
    }
    return false;
  }
}
