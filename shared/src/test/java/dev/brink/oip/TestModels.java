package dev.brink.oip;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.TensorSpec;
import dev.brink.model.FakeModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelState;
import dev.brink.model.ModelStatistics;
import dev.brink.model.ModelVersionStatus;
import java.util.List;
import java.util.Map;

/** Models for the protocol's tests; none of them computes anything. */
public final class TestModels {

  private TestModels() {}

  public static FakeModelCatalog catalog() {
    return new FakeModelCatalog()
        .with(model("m", 8, input("x", DataType.FP32, -1, 2)))
        .with(model("floats8", 0, input("INPUT0", DataType.FP32, 1, 8)))
        .with(model("floats", 0, input("INPUT0", DataType.FP32, 1, -1)))
        .with(model("two_variable", 0, input("INPUT0", DataType.FP32, -1, -1)))
        .with(model("text1", 0, input("INPUT0", DataType.BYTES, 1)))
        .with(model("texts", 0, input("INPUT0", DataType.BYTES, -1)))
        .with(
            model(
                "three",
                0,
                input("INPUT0", DataType.FP32, 1),
                input("INPUT1", DataType.FP32, 1),
                input("INPUT2", DataType.FP32, 1)))
        .with(
            model("llm", 0, input("PROMPT", DataType.BYTES, 1), input("STREAM", DataType.BOOL, 1)))
        .with(new ModelVersionStatus("broken", "2", ModelState.UNAVAILABLE, "no such file"))
        .with(model("labelled", 0, input("x", DataType.FP32, -1, 3)))
        .with(model("counter", 8, true, input("x", DataType.FP32, -1, 1)))
        .withLabels("labelled", "eins", "zwei")
        .with(statistics("m"));
  }

  private static ModelDescription model(String name, int maxBatch, TensorSpec... inputs) {
    return model(name, maxBatch, false, inputs);
  }

  private static ModelDescription model(
      String name, int maxBatch, boolean sequences, TensorSpec... inputs) {
    return new ModelDescription(
        name,
        "1",
        List.of("1"),
        "onnxruntime_onnx",
        List.of(inputs),
        List.of(inputs),
        maxBatch,
        sequences,
        Map.of("provider", "cpu"));
  }

  private static TensorSpec input(String name, DataType type, long... shape) {
    return new TensorSpec(name, type, Shape.of(shape));
  }

  private static ModelStatistics statistics(String name) {
    ModelStatistics.Total total = new ModelStatistics.Total(3, 3_000);
    return new ModelStatistics(
        name,
        "1",
        1_700_000_000_000L,
        3,
        2,
        total,
        ModelStatistics.Total.NONE,
        total,
        total,
        total,
        total,
        ModelStatistics.Total.NONE,
        ModelStatistics.Total.NONE,
        Map.of(2, new ModelStatistics.BatchTotals(total, total, total)),
        4096);
  }
}
