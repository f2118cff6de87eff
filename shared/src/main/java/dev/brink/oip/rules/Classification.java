package dev.brink.oip.rules;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.ModelCatalog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * The classification extension: instead of an output's values its highest ones, as the strings
 * {@code value:index} or {@code value:index:label}. It is done where the caller is answered, on top
 * of whoever computed.
 */
public final class Classification {

  private static final int MAX_ELEMENTS = 1_000_000;

  private Classification() {}

  /** The request that asks for the values themselves. */
  public static InferenceRequest plain(InferenceRequest request) {
    return isWanted(request)
        ? request.withOutputs(
            request.outputs().stream().map(o -> RequestedOutput.of(o.name())).toList())
        : request;
  }

  /**
   * The response as {@code request} wants it, with the labels that {@code catalog} knows.
   *
   * @throws InferenceException (invalid request) where an output cannot be classified
   */
  public static InferenceResponse apply(
      InferenceRequest request, InferenceResponse response, ModelCatalog catalog) {
    if (!isWanted(request)) {
      return response;
    }
    List<Tensor> outputs = new ArrayList<>();
    for (Tensor output : response.outputs()) {
      int classes = classes(request, output.name());
      outputs.add(
          classes == 0 ? output : classify(output, classes, labels(request, output, catalog)));
    }
    return response.withOutputs(outputs);
  }

  private static boolean isWanted(InferenceRequest request) {
    for (RequestedOutput output : request.outputs()) {
      if (output.classification() > 0) {
        return true;
      }
    }
    return false;
  }

  private static int classes(InferenceRequest request, String output) {
    return request.outputs().stream()
        .filter(wanted -> wanted.name().equals(output))
        .mapToInt(RequestedOutput::classification)
        .findFirst()
        .orElse(0);
  }

  private static List<String> labels(
      InferenceRequest request, Tensor output, ModelCatalog catalog) {
    return catalog.labels(request.modelName(), request.modelVersion(), output.name());
  }

  /** The first dimension is the batch where there is more than one. */
  private static Tensor classify(Tensor output, int classes, List<String> labels) {
    long elements = output.shape().elementCount();
    if (elements > MAX_ELEMENTS) {
      throw InferenceError.invalid(
          "classification output tensor too large: '%s' has %d elements (expected: <= %d)"
              .formatted(output.name(), elements, MAX_ELEMENTS));
    }
    int rows = output.shape().rank() > 1 ? (int) output.shape().dimension(0) : 1;
    int count = rows == 0 ? 0 : (int) elements / rows;
    int kept = Math.min(classes, count);
    List<byte[]> strings = new ArrayList<>(rows * kept);
    for (int row = 0; row < rows; row++) {
      strings.addAll(top(output, row * count, count, kept, labels));
    }
    Shape shape = output.shape().rank() > 1 ? Shape.of(rows, kept) : Shape.of(kept);
    return Tensor.ofBytes(output.name(), shape, strings);
  }

  private static List<byte[]> top(
      Tensor output, int from, int count, int kept, List<String> labels) {
    Comparator<Integer> worstFirst =
        ascending(output, from).thenComparing(Comparator.reverseOrder());
    PriorityQueue<Integer> best = new PriorityQueue<>(kept + 1, worstFirst);
    for (int i = 0; i < count; i++) {
      best.add(i);
      if (best.size() > kept) {
        best.remove();
      }
    }
    List<byte[]> strings = new ArrayList<>();
    while (!best.isEmpty()) {
      int index = best.remove();
      strings.addFirst(text(output, from, index, labels));
    }
    return strings;
  }

  private static Comparator<Integer> ascending(Tensor output, int from) {
    return switch (output.dataType()) {
      case FP32, FP64 -> Comparator.comparingDouble(i -> rank(value(output, from + i)));
      case UINT64 ->
          (one, other) ->
              Long.compareUnsigned(integer(output, from + one), integer(output, from + other));
      default -> Comparator.comparingLong(i -> integer(output, from + i));
    };
  }

  /** Not a number is below everything. */
  private static double rank(double value) {
    return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
  }

  private static byte[] text(Tensor output, int from, int index, List<String> labels) {
    String value =
        switch (output.dataType()) {
          case FP32, FP64 -> String.format(Locale.ROOT, "%f", value(output, from + index));
          case UINT64 -> Long.toUnsignedString(integer(output, from + index));
          default -> Long.toString(integer(output, from + index));
        };
    String label = index < labels.size() ? ":" + labels.get(index) : "";
    return (value + ":" + index + label).getBytes(StandardCharsets.UTF_8);
  }

  private static double value(Tensor output, int index) {
    ByteBuffer data = output.data();
    return switch (output.dataType()) {
      case FP32 -> data.getFloat(index * 4);
      case FP64 -> data.getDouble(index * 8);
      default -> integer(output, index);
    };
  }

  private static long integer(Tensor output, int index) {
    ByteBuffer data = output.data();
    return switch (output.dataType()) {
      case INT8 -> data.get(index);
      case UINT8 -> data.get(index) & 0xff;
      case INT16 -> data.getShort(index * 2);
      case UINT16 -> data.getShort(index * 2) & 0xffff;
      case INT32 -> data.getInt(index * 4);
      case UINT32 -> data.getInt(index * 4) & 0xffffffffL;
      case INT64, UINT64 -> data.getLong(index * 8);
      case BOOL, BYTES, FP16, BF16, FP32, FP64 -> throw unsupported(output.dataType());
    };
  }

  private static InferenceException unsupported(DataType type) {
    return InferenceError.invalid(
        "class result not available for output due to unsupported type '%s'".formatted(type));
  }
}
