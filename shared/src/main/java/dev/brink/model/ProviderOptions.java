package dev.brink.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which options of execution providers there are, by the names that ONNX Runtime gives them. Those
 * of CUDA and TensorRT, of which there are many, it checks itself when a model is opened.
 */
final class ProviderOptions {

  private static final Set<String> SWITCHES =
      Set.of(
          RuntimeSettings.CPU_ARENA,
          RuntimeSettings.CPU_MEM_PATTERN,
          RuntimeSettings.CPU_DENORMAL_AS_ZERO,
          RuntimeSettings.CPU_DISABLE_PREPACKING);

  private static final Map<ExecutionProvider, Set<String>> KNOWN =
      Map.of(
          ExecutionProvider.CPU,
          SWITCHES,
          ExecutionProvider.XNNPACK,
          Set.of("intra_op_num_threads"),
          ExecutionProvider.OPENVINO,
          Set.of("device_type"),
          ExecutionProvider.COREML,
          Set.of(
              "ModelFormat",
              "MLComputeUnits",
              "RequireStaticInputShapes",
              "EnableOnSubgraphs",
              "SpecializationStrategy",
              "ProfileComputePlan",
              "AllowLowPrecisionAccumulationOnGPU",
              "ModelCacheDirectory"));

  private ProviderOptions() {}

  /**
   * @throws IllegalArgumentException where there is one that nothing reads
   */
  static void require(Map<String, Map<String, String>> options) {
    options.forEach((word, own) -> require(provider(word), own));
  }

  private static ExecutionProvider provider(String word) {
    Optional<ExecutionProvider> named =
        Arrays.stream(ExecutionProvider.values())
            .filter(provider -> provider.word().equals(word))
            .findFirst();
    return named.orElseThrow(
        () ->
            new IllegalArgumentException(
                "provider-options: %s (expected: one of %s)"
                    .formatted(
                        word,
                        Arrays.stream(ExecutionProvider.values())
                            .map(ExecutionProvider::word)
                            .collect(Collectors.joining(", ")))));
  }

  private static void require(ExecutionProvider provider, Map<String, String> options) {
    Set<String> known = KNOWN.getOrDefault(provider, options.keySet());
    options.forEach(
        (name, value) -> {
          if (!known.contains(name)) {
            throw refused(provider, name, "one of " + String.join(", ", new TreeSet<>(known)));
          }
          if (provider == ExecutionProvider.CPU && !value.matches("[01]")) {
            throw refused(provider, name + ": " + value, "0 or 1");
          }
        });
  }

  private static IllegalArgumentException refused(
      ExecutionProvider provider, String found, String expected) {
    return new IllegalArgumentException(
        "provider-options: %s.%s (expected: %s)".formatted(provider.word(), found, expected));
  }
}
