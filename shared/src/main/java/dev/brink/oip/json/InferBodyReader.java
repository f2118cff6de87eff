package dev.brink.oip.json;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Tensor;
import dev.brink.oip.rules.RequestRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Reads the body of an infer request: a JSON header and, behind it, the inputs that are binary, in
 * the header's order. Tensors that come binary stand over the body and are not copied.
 */
public final class InferBodyReader {

  private static final String BINARY_OUTPUT = "binary_data_output";
  private static final String BINARY_DATA = "binary_data";
  private static final String CLASSIFICATION = "classification";

  /** Bytes that a requested output takes in memory. */
  private static final int OUTPUT_COST = 256;

  private static final String SHARED_MEMORY = "shared_memory_region";

  private final JsonReader json;
  private final BinarySection binary;
  private final Set<String> members = new HashSet<>();
  private final Map<String, Boolean> encodings = new LinkedHashMap<>();

  private String id = "";
  private Parameters parameters = Parameters.none();
  private List<Tensor> inputs = List.of();
  private List<RequestedOutput> outputs = List.of();
  private boolean hasInputs;

  private InferBodyReader(JsonReader json, BinarySection binary) {
    this.json = json;
    this.binary = binary;
  }

  /**
   * @param body whose first {@code length} bytes are the request; the tensors keep it
   * @param headerLength how many of them are JSON
   * @param memory asked for the bytes of whatever does not stand over the body
   * @throws InferenceException (invalid request, unsupported) naming what is wrong
   */
  public static InferBody read(
      String model, byte[] body, int length, int headerLength, LongPredicate memory) {
    JsonReader json = new JsonReader(body, 0, headerLength, memory);
    return new InferBodyReader(json, new BinarySection(model, body, headerLength, length)).read();
  }

  private InferBody read() {
    json.beginObject("request");
    while (json.nextMember()) {
      readMember(json.name());
    }
    json.requireEnd();
    if (!hasInputs) {
      throw InferenceError.invalid("the request has no 'inputs' (expected: an array of tensors)");
    }
    binary.requireEnd();
    boolean binaryByDefault = parameters.bool(BINARY_OUTPUT).orElse(false);
    return new InferBody(
        id,
        parameters.without(BINARY_OUTPUT),
        inputs,
        outputs,
        new OutputEncoding(binaryByDefault, encodings));
  }

  private void readMember(String name) {
    switch (name) {
      case "id" -> readOnce(name, () -> id = json.string("id"));
      case "parameters" -> readOnce(name, () -> parameters = ParameterReader.read(json));
      case "inputs" -> readOnce(name, this::readInputs);
      case "outputs" -> readOnce(name, this::readOutputs);
      default -> json.skip();
    }
  }

  private void readOnce(String name, Runnable value) {
    if (!members.add(name)) {
      throw InferenceError.invalid("'%s' occurs twice in the request".formatted(name));
    }
    if (name.equals("inputs") || !json.isNull()) {
      value.run();
    }
  }

  private void readInputs() {
    hasInputs = true;
    inputs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    json.beginArray("inputs");
    while (json.nextElement()) {
      Tensor input = new InputReader(json, binary).read();
      RequestRules.requireNew("input", input.name(), names);
      inputs.add(input);
    }
  }

  private void readOutputs() {
    outputs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    json.beginArray("outputs");
    while (json.nextElement()) {
      RequestedOutput output = readOutput();
      RequestRules.requireNew("output", output.name(), names);
      outputs.add(output);
    }
  }

  private RequestedOutput readOutput() {
    String name = "";
    Parameters wanted = Parameters.none();
    json.requireMemory(OUTPUT_COST);
    json.beginObject("outputs");
    while (json.nextMember()) {
      switch (json.name()) {
        case "name" -> name = onlyName(name);
        case "parameters" -> wanted = json.isNull() ? wanted : ParameterReader.read(json);
        default -> json.skip();
      }
    }
    if (name.isEmpty()) {
      throw InferenceError.invalid("an entry of 'outputs' has no 'name'");
    }
    return requested(name, wanted);
  }

  private String onlyName(String before) {
    if (!before.isEmpty()) {
      throw InferenceError.invalid("'name' of output '%s' occurs twice".formatted(before));
    }
    return json.string("name");
  }

  private RequestedOutput requested(String name, Parameters wanted) {
    refuseSharedMemory(name, wanted);
    wanted.bool(BINARY_DATA).ifPresent(flag -> encodings.put(name, flag));
    if (!wanted.has(CLASSIFICATION)) {
      return RequestedOutput.of(name);
    }
    long classes = wanted.unsigned(CLASSIFICATION).orElse(0L);
    if (classes == 0) {
      throw InferenceError.invalid(
          "'classification' of output '%s' must be at least 1".formatted(name));
    }
    return new RequestedOutput(name, (int) Math.min(classes, Integer.MAX_VALUE));
  }

  private static void refuseSharedMemory(String name, Parameters wanted) {
    if (!wanted.has(SHARED_MEMORY)) {
      return;
    }
    if (wanted.has(CLASSIFICATION) || wanted.has(BINARY_DATA)) {
      throw InferenceError.invalid(
          "output '%s' can have only one of 'shared_memory_region', 'classification' and 'binary_data'"
              .formatted(name));
    }
    throw unsupportedSharedMemory("output", name);
  }

  static InferenceException unsupportedSharedMemory(String kind, String name) {
    return new InferenceError.Unsupported(
            "shared memory is not supported: %s '%s'".formatted(kind, name))
        .asException();
  }
}
