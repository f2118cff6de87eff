package dev.brink.edge.outbox;

import dev.brink.config.DataSize;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Requests, answers and settings of tests. */
final class Requests {

  static final DataSize MAX = new DataSize(1 << 20);

  private Requests() {}

  static OutboxSettings settings(Path file) {
    return settings(file, CallbackSettings.none());
  }

  static OutboxSettings settings(Path file, CallbackSettings callback) {
    return new OutboxSettings(
        file,
        MAX,
        100_000,
        Duration.ofDays(7),
        Duration.ofHours(24),
        Duration.ofMinutes(10),
        new DataSize(0),
        4096,
        drain(),
        callback);
  }

  static DrainSettings drain() {
    return new DrainSettings(
        4,
        Duration.ofSeconds(3),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofMinutes(10),
        1000,
        2);
  }

  static InferenceRequest request(String text) {
    return new InferenceRequest(
        "intent",
        "",
        "id of " + text.length(),
        Parameters.none(),
        List.of(Tensor.ofStrings("text", Shape.of(1), List.of(text))),
        List.of(),
        RequestContext.until(new Deadline(Long.MAX_VALUE)));
  }

  static InferenceRequest withKey(String key, String text) {
    InferenceRequest request = request(text);
    return request.withContext(request.context().withIdempotencyKey(key));
  }

  static InferenceRequest with(String text, String parameter, Object value) {
    InferenceRequest request = request(text);
    return request.withParameters(request.parameters().with(parameter, value));
  }

  static InferenceResponse answer(InferenceRequest request) {
    return new InferenceResponse(
        request.modelName(),
        "1",
        request.id(),
        Parameters.none(),
        List.of(request.inputs().get(0).withName("label")),
        Provenance.local(Route.CLOUD, "cloud-1", Timings.NONE));
  }
}
