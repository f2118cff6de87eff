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
    boolean number = digits.matches("[+-]?[0-9]{1,100}");
    if (!number) {
      throw InferenceError.invalid(
          "Unable to parse Inference-Header-Content-Length, got: "
              + header.substring(0, Math.min(100, header.length())));
    }
    return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
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
