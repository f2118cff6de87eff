package dev.brink.oip.http;

import dev.brink.inference.InferenceException;
import dev.brink.oip.intake.ContentCoding;
import java.util.List;

/** Everything that reads a part of a request's head, for tests of other packages. */
public final class HttpTexts {

  private HttpTexts() {}

  /**
   * @param text a header's value, or a path
   * @throws InferenceException (invalid request) where it is none
   */
  public static void read(String text) {
    ModelPath.of(List.of(text.split("/", -1)));
    ApiPaths.group(List.of(text.split("/", -1)));
    WireNames.prefersAsync(text);
    ContentCoding.named(text);
    ContentCoding.accepted(text);
    WireNames.headerLength(text, text.length());
  }
}
