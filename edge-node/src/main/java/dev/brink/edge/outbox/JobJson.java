package dev.brink.edge.outbox;

import dev.brink.edge.outbox.store.Job;
import io.vertx.core.json.JsonObject;

/** A job as its owner sees it. */
final class JobJson {

  private JobJson() {}

  static JsonObject of(Job job) {
    JsonObject json =
        new JsonObject()
            .put("id", job.id())
            .put("state", job.state().wireName())
            .put("model_name", job.model())
            .put("model_version", job.version())
            .put("priority", job.priority())
            .put("attempts", job.attempts())
            .put("created_at", job.createdAt().toString())
            .put("expires_at", job.expiresAt().toString());
    job.finishedAt().ifPresent(instant -> json.put("finished_at", instant.toString()));
    job.error().ifPresent(error -> json.put("error", error.message()));
    return json;
  }
}
