package dev.brink.oip.http;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.json.InferBody;
import dev.brink.oip.json.OutputEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Requests without a header: the whole body is the model's one input, for a batch of one. */
final class RawRequests {

  private final ModelCatalog catalog;

  RawRequests(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * @param lease for a text, which must be copied
   * @throws InferenceException (unknown model, invalid request) in Triton's words
   */
  InferBody read(ModelPath path, Body body, MemoryLease lease) {
    ModelDescription model = catalog.describe(path.model(), path.version());
    if (model.inputs().size() != 1) {
      throw InferenceError.invalid(
          "Raw request must only have 1 input (found 1) to be deduced but got %d inputs in '%s' model"
              .formatted(model.inputs().size(), model.name()));
    }
    TensorSpec input = model.inputs().getFirst();
    ByteBuffer data = ByteBuffer.wrap(body.bytes(), 0, body.length());
    Tensor tensor =
        input.dataType() == DataType.BYTES
            ? text(model, input, body, lease)
            : fixed(model, input, data);
    return new InferBody("", Parameters.none(), List.of(tensor), List.of(), OutputEncoding.BINARY);
  }

  private static Tensor text(
      ModelDescription model, TensorSpec input, Body body, MemoryLease lease) {
    long[] dimensions = withoutBatch(model, input);
    boolean one = Arrays.stream(dimensions).allMatch(dimension -> dimension == 1);
    if (!one || dimensions.length > 1) {
      throw InferenceError.invalid(
          "For BYTE datatype raw input '%s', the model must have input shape [1]"
              .formatted(input.name()));
    }
    if (!lease.take(Integer.BYTES + body.length())) {
      throw BodyReader.noMemory().asException();
    }
    ByteBuffer data =
        ByteBuffer.allocate(Integer.BYTES + body.length())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(body.length())
            .put(body.bytes(), 0, body.length())
            .flip();
    return Tensor.of(input.name(), DataType.BYTES, batchOfOne(input, dimensions), data);
  }

  private static Tensor fixed(ModelDescription model, TensorSpec input, ByteBuffer data) {
    long[] dimensions = withoutBatch(model, input);
    int variable = -1;
    long others = input.dataType().byteSize();
    for (int i = 0; i < dimensions.length; i++) {
      if (dimensions[i] != Shape.ANY) {
        others *= dimensions[i];
      } else if (variable >= 0) {
        throw InferenceError.invalid(
            "The shape of the raw input '%s' can not be deduced because there are more than one variable-sized dimension"
                .formatted(input.name()));
      } else {
        variable = i;
      }
    }
    if (variable >= 0) {
      dimensions[variable] = deduced(input, data.remaining(), others);
    } else if (others != data.remaining()) {
      throw InferenceError.invalid(
          "input byte size mismatch for input '%s' for model '%s'. Expected %d, got %d"
              .formatted(input.name(), model.name(), others, data.remaining()));
    }
    return Tensor.of(input.name(), input.dataType(), batchOfOne(input, dimensions), data);
  }

  private static long deduced(TensorSpec input, int bytes, long others) {
    if (others == 0 || bytes % others != 0) {
      throw InferenceError.invalid(
          "The shape of the raw input '%s' can not be deduced: its %d bytes are no multiple of %d"
              .formatted(input.name(), bytes, others));
    }
    return bytes / others;
  }

  private static long[] withoutBatch(ModelDescription model, TensorSpec input) {
    long[] dimensions = input.shape().toArray();
    return hasBatch(input, dimensions.length) && model.maxBatchSize() > 0
        ? Arrays.copyOfRange(dimensions, 1, dimensions.length)
        : dimensions;
  }

  private static boolean hasBatch(TensorSpec input, int rank) {
    return rank > 0 && input.shape().dimension(0) == Shape.ANY;
  }

  private static Shape batchOfOne(TensorSpec input, long[] dimensions) {
    if (dimensions.length == input.shape().rank()) {
      return Shape.of(dimensions);
    }
    long[] batched = new long[dimensions.length + 1];
    batched[0] = 1;
    System.arraycopy(dimensions, 0, batched, 1, dimensions.length);
    return Shape.of(batched);
  }
}
