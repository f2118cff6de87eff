package dev.brink.oip.json;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.Parameters;
import dev.brink.inference.Tensor;
import dev.brink.oip.rules.InputTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads one entry of {@code inputs}, whatever the order of its members. */
final class InputReader {

  private static final String BINARY_SIZE = "binary_data_size";
  private static final String SHARED_MEMORY = "shared_memory_region";

  /** Bytes that an input takes in memory beside its data. */
  private static final int COST = 512;

  private static final List<String> ONCE = List.of("name", "datatype", "shape", "parameters");

  private final JsonReader json;
  private final BinarySection binary;

  private String name = "";
  private String dataType = "";
  private long[] shape;
  private Parameters parameters = Parameters.none();

  /** A bit for each of {@link #ONCE}. */
  private int members;

  /** Where the data stands when it came before its shape or type; 0 for nowhere. */
  private int dataAt;

  private Tensor tensor;

  InputReader(JsonReader json, BinarySection binary) {
    this.json = json;
    this.binary = binary;
  }

  Tensor read() {
    json.requireMemory(COST);
    json.beginObject("inputs");
    while (json.nextMember()) {
      readMember(json.name());
    }
    requireComplete();
    requireOneSource();
    if (tensor != null) {
      return tensor;
    }
    return dataAt > 0 ? readDeferred() : readBinary();
  }

  private void readMember(String member) {
    requireFirst(member);
    switch (member) {
      case "name" -> name = json.string("name");
      case "datatype" -> dataType = json.string("datatype");
      case "shape" -> shape = readShape();
      case "parameters" -> parameters = json.isNull() ? parameters : ParameterReader.read(json);
      case "data" -> readOrDefer();
      default -> json.skip();
    }
  }

  private void requireFirst(String member) {
    int bit = ONCE.contains(member) ? 1 << ONCE.indexOf(member) : 0;
    if ((members & bit) != 0) {
      throw InferenceError.invalid("'%s' of input '%s' occurs twice".formatted(member, name));
    }
    members |= bit;
  }

  private long[] readShape() {
    long[] dimensions = new long[4];
    int rank = 0;
    json.beginArray("shape");
    while (json.nextElement()) {
      InputTensors.requireRank(name, rank + 1);
      if (rank == dimensions.length) {
        dimensions = Arrays.copyOf(dimensions, rank * 2);
      }
      dimensions[rank++] = readDimension();
    }
    return Arrays.copyOf(dimensions, rank);
  }

  private long readDimension() {
    if (json.number("shape") instanceof Long whole) {
      return whole;
    }
    throw InferenceError.invalid(
        "shape of input '%s' has a dimension that is not a whole number".formatted(name));
  }

  private void readOrDefer() {
    if (tensor != null || dataAt > 0) {
      throw InferenceError.invalid("'data' of input '%s' occurs twice".formatted(name));
    }
    if (name.isEmpty() || dataType.isEmpty() || shape == null) {
      json.peek();
      dataAt = json.position;
      json.skip();
    } else {
      tensor = readData();
    }
  }

  private Tensor readDeferred() {
    int resumeAt = json.position;
    json.position = dataAt;
    Tensor deferred = readData();
    json.position = resumeAt;
    return deferred;
  }

  private Tensor readData() {
    return TensorReader.read(json, name, type(), InputTensors.shape(name, shape));
  }

  private Tensor readBinary() {
    long size = parameters.unsigned(BINARY_SIZE).orElseThrow();
    return binary.next(name, type(), InputTensors.shape(name, shape), size);
  }

  private DataType type() {
    return InputTensors.dataType(name, dataType);
  }

  private void requireComplete() {
    if (name.isEmpty()) {
      throw InferenceError.invalid("an entry of 'inputs' has no 'name'");
    }
    if (dataType.isEmpty()) {
      throw InferenceError.invalid("input '%s' has no 'datatype'".formatted(name));
    }
    if (shape == null) {
      throw InferenceError.invalid("input '%s' has no 'shape'".formatted(name));
    }
  }

  private void requireOneSource() {
    List<String> given = new ArrayList<>(1);
    if (tensor != null || dataAt > 0) {
      given.add("'data'");
    }
    Optional<Long> size = parameters.unsigned(BINARY_SIZE);
    if (size.isPresent()) {
      given.add("'binary_data_size'");
    }
    if (parameters.has(SHARED_MEMORY)) {
      given.add("'shared_memory_region'");
    }
    if (given.size() != 1) {
      throw InferenceError.invalid(
          "Input must set only one of the following fields: 'data', 'binary_data_size' in"
              + " 'parameters', 'shared_memory_region' in 'parameters'. But "
              + (given.isEmpty() ? "no field is set" : "set " + String.join(" ", given))
              + " for input '"
              + name
              + "'");
    }
    if (parameters.has(SHARED_MEMORY)) {
      throw InferBodyReader.unsupportedSharedMemory("input", name);
    }
  }
}
