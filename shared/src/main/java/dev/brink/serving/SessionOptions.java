package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import java.util.Map;

/** What every session of this node is opened with. */
final class SessionOptions {

  private SessionOptions() {}

  static OrtSession.SessionOptions of(RuntimeSettings settings, int intraOpThreads)
      throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(intraOpThreads);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    options.addConfigEntry(
        "session.intra_op.allow_spinning", settings.spinning() && intraOpThreads > 1 ? "1" : "0");
    options.addConfigEntry("session.inter_op.allow_spinning", "0");
    return options;
  }

  /**
   * Has the session prefer {@code provider} to those added after it.
   *
   * @throws OrtException where this build or this machine does not have it
   */
  static void add(
      OrtSession.SessionOptions options, ExecutionProvider provider, Map<String, String> settings)
      throws OrtException {
    switch (provider) {
      case CPU -> {
        // Always there, and always last.
      }
      case CUDA -> {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device(settings))) {
          for (Map.Entry<String, String> setting : settings.entrySet()) {
            cuda.add(setting.getKey(), setting.getValue());
          }
          options.addCUDA(cuda);
        }
      }
      case TENSORRT -> {
        try (OrtTensorRTProviderOptions tensorRt =
            new OrtTensorRTProviderOptions(device(settings))) {
          for (Map.Entry<String, String> setting : settings.entrySet()) {
            tensorRt.add(setting.getKey(), setting.getValue());
          }
          options.addTensorrt(tensorRt);
        }
      }
      case XNNPACK -> options.addXnnpack(settings);
      case OPENVINO -> options.addOpenVINO(settings.getOrDefault("device_type", "CPU"));
      case COREML -> options.addCoreML(settings);
    }
  }

  private static int device(Map<String, String> settings) throws OrtException {
    try {
      return Integer.parseInt(settings.getOrDefault("device_id", "0"));
    } catch (NumberFormatException notANumber) {
      throw new OrtException(
          "device_id: %s (expected: a number)".formatted(settings.get("device_id")));
    }
  }
}
