package dev.brink.serving;

import dev.brink.inference.TensorSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * What a model takes and gives, in its file's order.
 *
 * @param batches whether the outermost dimension of every input and output may have any size, so
 *     that rows of several requests can share a run
 */
record Signature(List<TensorSpec> inputs, List<TensorSpec> outputs, boolean batches) {

  Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  static Signature of(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    boolean batches =
        !inputs.isEmpty()
            && inputs.stream().allMatch(Signature::hasRows)
            && outputs.stream().allMatch(Signature::hasRows);
    return new Signature(inputs, outputs, batches);
  }

  private static boolean hasRows(TensorSpec spec) {
    return spec.shape().rank() > 0 && spec.shape().dimension(0) == -1;
  }

  /** Whether what a request asks of the model follows from its number of rows. */
  boolean hasEvenRows() {
    return inputs.stream().allMatch(Signature::isOpenInRowsOnly);
  }

  private static boolean isOpenInRowsOnly(TensorSpec spec) {
    return LongStream.of(spec.shape().toArray()).skip(1).noneMatch(size -> size < 0);
  }

  OptionalInt inputIndex(String name) {
    return indexOf(inputs, name);
  }

  OptionalInt outputIndex(String name) {
    return indexOf(outputs, name);
  }

  private static OptionalInt indexOf(List<TensorSpec> specs, String name) {
    for (int i = 0; i < specs.size(); i++) {
      if (specs.get(i).name().equals(name)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
