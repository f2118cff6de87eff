package dev.brink.oip.wire;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;
import dev.brink.oip.proto.InferParameter;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/** The protocol's flat parameters as protobuf and back. */
final class WireParameters {

  private WireParameters() {}

  /**
   * @throws InferenceException (invalid request) where a parameter has no value or does not fit
   */
  static Parameters toParameters(Map<String, InferParameter> message) {
    if (message.isEmpty()) {
      return Parameters.none();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    message.forEach((name, value) -> values.put(name, toValue(name, value)));
    return Parameters.of(values);
  }

  private static Object toValue(String name, InferParameter value) {
    return switch (value.getParameterChoiceCase()) {
      case BOOL_PARAM -> value.getBoolParam();
      case INT64_PARAM -> value.getInt64Param();
      case STRING_PARAM -> value.getStringParam();
      case DOUBLE_PARAM -> value.getDoubleParam();
      case UINT64_PARAM -> unsigned(value.getUint64Param());
      case PARAMETERCHOICE_NOT_SET ->
          throw InferenceError.invalid("parameter '%s' has no value".formatted(name));
    };
  }

  private static Number unsigned(long value) {
    return value < 0 ? new BigInteger(Long.toUnsignedString(value)) : (Number) value;
  }

  static InferParameter toMessage(Object value) {
    InferParameter.Builder message = InferParameter.newBuilder();
    return switch (value) {
      case Boolean flag -> message.setBoolParam(flag).build();
      case Long number -> message.setInt64Param(number).build();
      case BigInteger number -> message.setUint64Param(number.longValue()).build();
      case Double number -> message.setDoubleParam(number).build();
      case String text -> message.setStringParam(text).build();
      default -> throw new IllegalArgumentException("no parameter: " + value.getClass());
    };
  }
}
