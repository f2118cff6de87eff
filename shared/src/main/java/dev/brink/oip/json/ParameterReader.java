package dev.brink.oip.json;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a flat object of parameters. */
public final class ParameterReader {

  /** Bytes that a parameter takes in memory beside a long text. */
  private static final int COST = 256;

  private ParameterReader() {}

  /**
   * @throws InferenceException (invalid request) naming the parameter that is no flat value or
   *     occurs twice
   */
  public static Parameters read(JsonReader json) {
    if (json.peek() != JsonReader.Kind.OBJECT) {
      throw InferenceError.invalid("Expected JSON object for keyword: 'parameters'");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    json.beginObject("parameters");
    while (json.nextMember()) {
      String name = json.name();
      if (!json.isNull() && values.put(name, readValue(json, name)) != null) {
        throw InferenceError.invalid("parameter '%s' already exists in request".formatted(name));
      }
    }
    return Parameters.of(values);
  }

  /** A text, number or truth value. */
  public static Object readValue(JsonReader json, String name) {
    json.requireMemory(COST);
    return switch (json.peek()) {
      case STRING -> json.string(name);
      case BOOLEAN -> json.bool(name);
      case NUMBER -> json.number(name);
      case NULL, OBJECT, ARRAY ->
          throw InferenceError.invalid(
              "parameter '%s' has invalid type (expected: string, number or boolean)"
                  .formatted(name));
    };
  }
}
