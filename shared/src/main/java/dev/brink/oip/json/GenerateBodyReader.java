package dev.brink.oip.json;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Reads the body of a generate request: members named like an input of the model are that input,
 * one value or an array of them, for a batch of one; the others are parameters.
 */
public final class GenerateBodyReader {

  private final JsonReader json;
  private final List<TensorSpec> specs;
  private final boolean batches;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final Set<String> members = new HashSet<>();
  private String id = "";

  private GenerateBodyReader(JsonReader json, List<TensorSpec> specs, boolean batches) {
    this.json = json;
    this.specs = specs;
    this.batches = batches;
  }

  /**
   * @param batches whether the first dimension of every input is the batch
   * @param memory asked for the bytes of whatever does not stand over the body
   * @throws InferenceException (invalid request) naming the member
   */
  public static InferBody read(
      byte[] body, int length, List<TensorSpec> specs, boolean batches, LongPredicate memory) {
    JsonReader json = new JsonReader(body, 0, length, memory);
    return new GenerateBodyReader(json, specs, batches).read();
  }

  private InferBody read() {
    json.beginObject("request");
    while (json.nextMember()) {
      readMember(json.name());
    }
    json.requireEnd();
    return new InferBody(
        id,
        Parameters.of(parameters),
        new ArrayList<>(inputs.values()),
        List.of(),
        OutputEncoding.JSON);
  }

  private void readMember(String name) {
    Optional<TensorSpec> spec =
        specs.stream().filter(input -> input.name().equals(name)).findFirst();
    if (spec.isPresent()) {
      readInput(spec.get());
    } else if (name.equals("id")) {
      requireFirst(name);
      id = json.string("id");
    } else if (name.equals("parameters")) {
      requireFirst(name);
      ParameterReader.read(json).asMap().forEach(this::addParameter);
    } else {
      addParameter(name, ParameterReader.readValue(json, name));
    }
  }

  private void requireFirst(String name) {
    if (!members.add(name)) {
      throw InferenceError.invalid("'%s' occurs twice in the request".formatted(name));
    }
  }

  private void addParameter(String name, Object value) {
    if (parameters.put(name, value) != null) {
      throw InferenceError.invalid("parameter '%s' already exists in request".formatted(name));
    }
  }

  private void readInput(TensorSpec spec) {
    if (inputs.containsKey(spec.name())) {
      throw InferenceError.invalid("input '%s' already exists in request".formatted(spec.name()));
    }
    boolean single = json.peek() != JsonReader.Kind.ARRAY;
    Shape shape = shape(spec, single ? 1 : countValues());
    inputs.put(
        spec.name(),
        single
            ? TensorReader.readSingle(json, spec.name(), spec.dataType(), shape)
            : TensorReader.read(json, spec.name(), spec.dataType(), shape));
  }

  /** How many values the array ahead holds; it is not read by that. */
  private int countValues() {
    int from = json.position;
    int count = countElements();
    json.position = from;
    return count;
  }

  private int countElements() {
    int count = 0;
    json.beginArray("input");
    while (json.nextElement()) {
      if (json.peek() == JsonReader.Kind.ARRAY) {
        count += countElements();
      } else {
        json.skip();
        count++;
      }
    }
    return count;
  }

  /** The input's own shape with a batch of one, its open dimension as large as the values need. */
  private Shape shape(TensorSpec spec, int values) {
    long[] dimensions = spec.shape().toArray();
    if (batches && dimensions.length > 0 && dimensions[0] == Shape.ANY) {
      dimensions[0] = 1;
    }
    long others = 1;
    int open = -1;
    for (int i = 0; i < dimensions.length; i++) {
      if (dimensions[i] != Shape.ANY) {
        others *= dimensions[i];
      } else if (open < 0) {
        open = i;
      } else {
        dimensions[i] = 1;
      }
    }
    if (open >= 0) {
      dimensions[open] = others == 0 ? 0 : values / others;
    }
    return Shape.of(dimensions);
  }
}
