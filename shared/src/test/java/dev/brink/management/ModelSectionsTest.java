package dev.brink.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.model.FakeModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.telemetry.LabelledValue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelSectionsTest {

  private static ModelDescription model(String name, Map<String, String> properties) {
    return new ModelDescription(
        name, "1", List.of("1"), "onnxruntime_onnx", List.of(), List.of(), 0, false, properties);
  }

  private static Map<String, String> labels(String model, String device, String order) {
    return Map.of("model", model, "version", "1", "device", device, "order", order);
  }

  @Test
  void eachDeviceThatAModelRunsOnIsALineBesideWhatWasAskedFor() {
    FakeModelCatalog catalog =
        new FakeModelCatalog()
            .with(
                model(
                    "spread",
                    Map.of(
                        "execution_device", "cuda:0,cuda:1",
                        "execution_provider_order", "cuda,cpu")))
            .with(
                model(
                    "fallen",
                    Map.of("execution_device", "cpu", "execution_provider_order", "cuda,cpu")))
            .with(model("remote", Map.of()));

    assertThat(ModelSections.devices(catalog))
        .containsExactly(
            new LabelledValue(labels("spread", "cuda:0", "cuda,cpu"), 1),
            new LabelledValue(labels("spread", "cuda:1", "cuda,cpu"), 1),
            new LabelledValue(labels("fallen", "cpu", "cuda,cpu"), 1));
  }
}
