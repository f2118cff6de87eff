package dev.brink.oip.json;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An answer's body: JSON, and behind it the outputs that are binary.
 *
 * @param binary views of the outputs' data, read-only
 */
public record InferAnswer(ByteSink json, List<ByteBuffer> binary) {

  /** Whether the body is JSON and nothing else. */
  public boolean isPlain() {
    return binary.isEmpty();
  }
}
