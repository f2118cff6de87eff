package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;

/**
 * A Triton model configuration, as clients send it with a load, in terms of {@code model.yaml}.
 * What the model's file says itself (inputs, outputs, backend) need not be repeated here and is not
 * compared; what this node cannot do is refused by name.
 */
final class TritonConfig {

  /** Of a Triton configuration only. */
  private static final Set<String> TELLING =
      Set.of(
          "name",
          "platform",
          "backend",
          "max_batch_size",
          "maxBatchSize",
          "output",
          "instance_group",
          "instanceGroup",
          "dynamic_batching",
          "dynamicBatching",
          "version_policy",
          "versionPolicy",
          "default_model_filename",
          "parameters",
          "optimization",
          "sequence_batching",
          "ensemble_scheduling",
          "model_warmup");

  private static final Set<String> REFUSED =
      Set.of(
          "sequence_batching",
          "sequenceBatching",
          "ensemble_scheduling",
          "ensembleScheduling",
          "batch_input",
          "batchInput",
          "batch_output",
          "batchOutput");

  private final String model;
  private final JsonObject triton;
  private final JsonObject ours = new JsonObject();

  private TritonConfig(String model, JsonObject triton) {
    this.model = model;
    this.triton = triton;
  }

  /**
   * The text of {@code model.yaml} that {@code config} stands for; itself where it is no
   * configuration of Triton's.
   *
   * @throws InferenceException (invalid request) naming what cannot be done here
   */
  static String toYaml(String model, String config) {
    return parsed(config)
        .filter(json -> json.fieldNames().stream().anyMatch(TELLING::contains))
        .map(json -> new TritonConfig(model, json).translated())
        .orElse(config);
  }

  private static Optional<JsonObject> parsed(String config) {
    try {
      return config.strip().startsWith("{")
          ? Optional.of(new JsonObject(config))
          : Optional.empty();
    } catch (DecodeException noJson) {
      return Optional.empty();
    }
  }

  private String translated() {
    for (String name : triton.fieldNames()) {
      if (REFUSED.contains(name)) {
        throw refused("'%s' is not supported".formatted(name));
      }
    }
    try {
      batching();
      instances();
      versions();
    } catch (ClassCastException wrongKind) {
      throw refused("config has a value of the wrong kind: " + wrongKind.getMessage());
    }
    return ours.encode();
  }

  private void batching() {
    Object size = value(triton, "max_batch_size", "maxBatchSize");
    if (size == null) {
      return;
    }
    long rows = number("max_batch_size", size);
    JsonObject batching = new JsonObject().put("enabled", rows > 0);
    if (rows > 0) {
      batching.put("max-size", rows);
      dynamic(batching);
    }
    ours.put("batching", batching);
  }

  private void dynamic(JsonObject batching) {
    if (!(value(triton, "dynamic_batching", "dynamicBatching") instanceof JsonObject dynamic)) {
      return;
    }
    Object delay = value(dynamic, "max_queue_delay_microseconds", "maxQueueDelayMicroseconds");
    if (delay != null) {
      batching.put("max-delay", number("max_queue_delay_microseconds", delay) + "us");
    }
    if (value(dynamic, "default_queue_policy", "defaultQueuePolicy") instanceof JsonObject policy
        && value(policy, "max_queue_size", "maxQueueSize") instanceof Object most
        && number("max_queue_size", most) > 0) {
      batching.put("max-queue", number("max_queue_size", most));
    }
  }

  private void instances() {
    if (!(value(triton, "instance_group", "instanceGroup") instanceof JsonArray groups)) {
      return;
    }
    long count = 0;
    boolean gpu = false;
    for (int i = 0; i < groups.size(); i++) {
      JsonObject group = groups.getJsonObject(i);
      count += number("count", group.getValue("count", 1));
      gpu |= "KIND_GPU".equals(group.getString("kind"));
    }
    JsonObject runtime = new JsonObject();
    if (count > 0) {
      runtime.put("instances", count);
    }
    if (gpu) {
      runtime.put("providers", new JsonArray().add("cuda").add("cpu"));
    }
    ours.put("runtime", runtime);
  }

  private void versions() {
    if (!(value(triton, "version_policy", "versionPolicy") instanceof JsonObject policy)) {
      return;
    }
    if (policy.containsKey("all")) {
      ours.put("version-policy", "all");
    } else if (policy.getValue("specific") instanceof JsonObject specific) {
      ours.put("version-policy", joined(specific.getJsonArray("versions", new JsonArray())));
    } else if (policy.getValue("latest") instanceof JsonObject latest) {
      Object many = value(latest, "num_versions", "numVersions");
      ours.put("version-policy", "latest " + (many == null ? 1 : number("num_versions", many)));
    }
  }

  private String joined(JsonArray versions) {
    StringBuilder list = new StringBuilder();
    for (Object version : versions) {
      list.append(list.isEmpty() ? "" : ",").append(number("versions", version));
    }
    return list.toString();
  }

  /** Protobuf's JSON takes either form of a name. */
  private static Object value(JsonObject object, String name, String camelName) {
    return object.containsKey(name) ? object.getValue(name) : object.getValue(camelName);
  }

  /** Protobuf's JSON takes numbers as texts, too. */
  private long number(String name, Object value) {
    try {
      return Long.parseLong(value.toString());
    } catch (NumberFormatException noNumber) {
      throw refused("'%s': %s (expected: a whole number)".formatted(name, value));
    }
  }

  private InferenceException refused(String why) {
    return InferenceError.invalid("failed to load '%s', %s".formatted(model, why));
  }
}
