package dev.brink.oip.grpc;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.proto.LogSettingsRequest;
import dev.brink.oip.proto.LogSettingsResponse;
import dev.brink.oip.proto.TraceSettingRequest;
import dev.brink.oip.proto.TraceSettingResponse;

/** Log and trace settings: clients may look, but change nothing. */
final class SettingsRpc {

  private SettingsRpc() {}

  static LogSettingsResponse logging(LogSettingsRequest request) {
    if (request.getSettingsCount() > 0) {
      throw unchangeable();
    }
    return LogSettingsResponse.newBuilder()
        .putSettings("log_file", text(""))
        .putSettings("log_info", flag())
        .putSettings("log_warning", flag())
        .putSettings("log_error", flag())
        .putSettings(
            "log_verbose_level",
            LogSettingsResponse.SettingValue.newBuilder().setUint32Param(0).build())
        .putSettings("log_format", text("ISO8601"))
        .build();
  }

  private static LogSettingsResponse.SettingValue text(String value) {
    return LogSettingsResponse.SettingValue.newBuilder().setStringParam(value).build();
  }

  private static LogSettingsResponse.SettingValue flag() {
    return LogSettingsResponse.SettingValue.newBuilder().setBoolParam(true).build();
  }

  static TraceSettingResponse trace(TraceSettingRequest request) {
    if (request.getSettingsCount() > 0) {
      throw unchangeable();
    }
    return TraceSettingResponse.newBuilder()
        .putSettings(
            "trace_level", TraceSettingResponse.SettingValue.newBuilder().addValue("OFF").build())
        .build();
  }

  private static InferenceException unchangeable() {
    return new InferenceError.Unsupported(
            "settings are changed in the node's configuration, not by clients")
        .asException();
  }
}
