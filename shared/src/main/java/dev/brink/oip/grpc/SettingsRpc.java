package dev.brink.oip.grpc;

import dev.brink.inference.InferenceError;
import dev.brink.oip.proto.LogSettingsRequest;
import dev.brink.oip.proto.LogSettingsResponse;
import dev.brink.oip.proto.TraceSettingRequest;
import dev.brink.oip.proto.TraceSettingResponse;
import dev.brink.oip.rules.LogSettings;
import dev.brink.oip.rules.TraceSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Log and trace settings, in Triton's terms. */
final class SettingsRpc {

  private final LogSettings log;

  SettingsRpc(LogSettings log) {
    this.log = log;
  }

  LogSettingsResponse logging(LogSettingsRequest request) {
    Map<String, Object> changes = new LinkedHashMap<>();
    request.getSettingsMap().forEach((name, value) -> changes.put(name, value(name, value)));
    log.change(changes);
    LogSettingsResponse.Builder answer = LogSettingsResponse.newBuilder();
    log.current().forEach((name, value) -> answer.putSettings(name, value(value)));
    return answer.build();
  }

  private static Object value(String name, LogSettingsRequest.SettingValue value) {
    return switch (value.getParameterChoiceCase()) {
      case BOOL_PARAM -> value.getBoolParam();
      case UINT32_PARAM -> Integer.toUnsignedLong(value.getUint32Param());
      case STRING_PARAM -> value.getStringParam();
      case PARAMETERCHOICE_NOT_SET ->
          throw InferenceError.invalid("log setting '%s' has no value".formatted(name));
    };
  }

  private static LogSettingsResponse.SettingValue value(Object value) {
    LogSettingsResponse.SettingValue.Builder setting =
        LogSettingsResponse.SettingValue.newBuilder();
    return switch (value) {
      case Boolean flag -> setting.setBoolParam(flag).build();
      case Long number -> setting.setUint32Param(number.intValue()).build();
      default -> setting.setStringParam(value.toString()).build();
    };
  }

  static TraceSettingResponse trace(TraceSettingRequest request) {
    Map<String, Optional<List<String>>> changes = new LinkedHashMap<>();
    request
        .getSettingsMap()
        .forEach((name, value) -> changes.put(name, values(value.getValueList())));
    TraceSettings.check(changes);
    TraceSettingResponse.Builder answer = TraceSettingResponse.newBuilder();
    TraceSettings.current()
        .forEach(
            (name, values) ->
                answer.putSettings(
                    name,
                    TraceSettingResponse.SettingValue.newBuilder().addAllValue(values).build()));
    return answer.build();
  }

  /** None at all clears the setting. */
  private static Optional<List<String>> values(List<String> values) {
    return values.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(values));
  }
}
