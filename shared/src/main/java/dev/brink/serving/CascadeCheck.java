package dev.brink.serving;

import dev.brink.inference.DataType;
import dev.brink.inference.TensorSpec;
import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Whether a model has the outputs that its cascade reads: without them all would be escalated. */
final class CascadeCheck {

  private static final Set<DataType> SCORES =
      EnumSet.of(DataType.FP16, DataType.FP32, DataType.FP64);

  private CascadeCheck() {}

  /**
   * @throws ModelLoadException that names the setting and lists the outputs there are
   */
  static void require(CascadeSettings cascade, List<TensorSpec> outputs) throws ModelLoadException {
    int mostDimensions = cascade.signal() == Signal.DETECTION ? Integer.MAX_VALUE : 2;
    require("output", cascade.output(), SCORES, "[N,C]", mostDimensions, outputs);
    if (!cascade.unknownLabels().isEmpty()) {
      require("label-output", cascade.labelOutput(), Set.of(DataType.BYTES), "[N,1]", 2, outputs);
    }
  }

  private static void require(
      String key,
      String name,
      Set<DataType> types,
      String shape,
      int mostDimensions,
      List<TensorSpec> outputs)
      throws ModelLoadException {
    boolean fits =
        outputs.stream()
            .filter(output -> output.name().equals(name))
            .anyMatch(
                output ->
                    types.contains(output.dataType()) && output.shape().rank() <= mostDimensions);
    if (!fits) {
      throw new ModelLoadException(
          "model.yaml: cascade.%s: %s (expected: an output of %s %s; the model has %s)"
              .formatted(key, name, types, shape, described(outputs)));
    }
  }

  private static List<String> described(List<TensorSpec> outputs) {
    return outputs.stream()
        .map(output -> "%s %s %s".formatted(output.name(), output.dataType(), output.shape()))
        .toList();
  }
}
