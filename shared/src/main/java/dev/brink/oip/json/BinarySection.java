package dev.brink.oip.json;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.rules.InputTensors;
import java.nio.ByteBuffer;

/** The part of a body behind its JSON header, handed out tensor by tensor. */
final class BinarySection {

  private final String model;
  private final byte[] body;
  private final int end;
  private int position;

  BinarySection(String model, byte[] body, int from, int end) {
    this.model = model;
    this.body = body;
    this.position = from;
    this.end = end;
  }

  Tensor next(String input, DataType type, Shape shape, long size) {
    if (size > end - position) {
      throw InferenceError.invalid(
          "unexpected size for input '%s', expecting %d additional bytes for model '%s'"
              .formatted(input, size - (end - position), model));
    }
    ByteBuffer data = ByteBuffer.wrap(body, position, (int) size);
    position += (int) size;
    return InputTensors.raw(model, input, type, shape, data);
  }

  void requireEnd() {
    if (position < end) {
      throw InferenceError.invalid(
          "unexpected additional input data for model '%s'".formatted(model));
    }
  }
}
