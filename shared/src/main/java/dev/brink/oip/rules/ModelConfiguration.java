package dev.brink.oip.rules;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.TensorSpec;
import dev.brink.model.ModelDescription;
import java.util.Arrays;

/** A model as Triton's model configuration describes it, for the tools that read that. */
public final class ModelConfiguration {

  private ModelConfiguration() {}

  /** {@code TYPE_FP32}; strings are {@code TYPE_STRING}. */
  public static String typeName(DataType type) {
    return type == DataType.BYTES ? "TYPE_STRING" : "TYPE_" + type.name();
  }

  /** The dimensions without that of the batch, for a model that batches. */
  public static long[] dims(ModelDescription model, TensorSpec spec) {
    long[] dimensions = spec.shape().toArray();
    boolean batched =
        model.maxBatchSize() > 0 && dimensions.length > 0 && dimensions[0] == Shape.ANY;
    return batched ? Arrays.copyOfRange(dimensions, 1, dimensions.length) : dimensions;
  }

  /** {@code onnxruntime} of {@code onnxruntime_onnx}. */
  public static String backend(ModelDescription model) {
    return model.platform().split("_", 2)[0];
  }
}
