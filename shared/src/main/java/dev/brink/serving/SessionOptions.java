package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.brink.model.RuntimeSettings;

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
}
