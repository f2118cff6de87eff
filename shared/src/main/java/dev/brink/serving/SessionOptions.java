package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.brink.model.RuntimeSettings;
import java.util.Map;

/** What every session of this node is opened with. */
final class SessionOptions {

  /**
   * CUDA's own default tries out every algorithm for each new shape, and runs come in as many
   * shapes as there are numbers of rows.
   */
  private static final Map<String, String> CUDA_DEFAULTS =
      Map.of("cudnn_conv_algo_search", "HEURISTIC");

  private SessionOptions() {}

  static OrtSession.SessionOptions of(RuntimeSettings settings, int intraOpThreads)
      throws OrtException {
    OrtSession.SessionOptions options = OrtModel.newOptions();
    options.setIntraOpNumThreads(intraOpThreads);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    options.addConfigEntry(
        "session.intra_op.allow_spinning", settings.spinning() && intraOpThreads > 1 ? "1" : "0");
    options.addConfigEntry("session.inter_op.allow_spinning", "0");
    CpuOptions.of(settings).applyTo(options);
    return options;
  }

  /**
   * Has the session prefer {@code place} to those added after it.
   *
   * @param settings the provider's options
   * @throws OrtException where this build or this machine does not have it
   */
  static void add(OrtSession.SessionOptions options, Placement place, Map<String, String> settings)
      throws OrtException {
    switch (place.provider()) {
      case CPU -> {
        // Always there, and always last.
      }
      case CUDA -> {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(place.device())) {
          addAll(cuda::add, CUDA_DEFAULTS);
          addAll(cuda::add, settings);
          options.addCUDA(cuda);
        }
      }
      case TENSORRT -> {
        try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions(place.device())) {
          addAll(tensorRt::add, settings);
          options.addTensorrt(tensorRt);
        }
      }
      case XNNPACK -> options.addXnnpack(settings);
      case OPENVINO -> options.addOpenVINO(settings.getOrDefault("device_type", "CPU"));
      case COREML -> options.addCoreML(settings);
    }
  }

  private interface Adder {
    void add(String key, String value) throws OrtException;
  }

  private static void addAll(Adder adder, Map<String, String> settings) throws OrtException {
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      adder.add(setting.getKey(), setting.getValue());
    }
  }
}
