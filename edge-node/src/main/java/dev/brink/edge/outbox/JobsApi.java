package dev.brink.edge.outbox;

import dev.brink.edge.outbox.store.Job;
import dev.brink.edge.outbox.store.JobQuery;
import dev.brink.edge.outbox.store.JobState;
import dev.brink.edge.outbox.store.JobStore;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceError.Internal;
import dev.brink.inference.InferenceError.NotFound;
import dev.brink.oip.json.OutputEncoding;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code GET} and {@code DELETE /v2/jobs/{id}}, {@code GET /v2/jobs}. A job of another tenant is
 * not there. Errors are left to the router's failure handler.
 */
public final class JobsApi {

  private static final String STATE_HEADER = "Brink-Job-State";
  private static final String OCTETS = "application/octet-stream";
  private static final int DEFAULT_LIMIT = 100;
  private static final int GONE = 410;

  private final JobStore store;
  private final Consumer<String> onWithdrawn;
  private final Function<RoutingContext, String> tenantOf;

  JobsApi(JobStore store, Consumer<String> onWithdrawn, Function<RoutingContext, String> tenantOf) {
    this.store = store;
    this.onWithdrawn = onWithdrawn;
    this.tenantOf = tenantOf;
  }

  public void mount(Router router) {
    router.get("/v2/jobs").handler(routing -> run(routing, this::list));
    router.get("/v2/jobs/:id").handler(routing -> run(routing, this::get));
    router.delete("/v2/jobs/:id").handler(routing -> run(routing, this::delete));
    router.route("/v2/jobs").handler(routing -> otherVerb(routing, "GET"));
    router.route("/v2/jobs/:id").handler(routing -> otherVerb(routing, "GET, DELETE"));
  }

  private static void otherVerb(RoutingContext routing, String allowed) {
    routing.response().putHeader(HttpHeaders.ALLOW, allowed);
    json(routing.response(), 405, new JsonObject().put("error", "Method Not Allowed"));
  }

  private static void run(RoutingContext routing, Function<RoutingContext, Future<?>> action) {
    try {
      action.apply(routing).onFailure(routing::fail);
    } catch (RuntimeException refused) {
      routing.fail(refused);
    }
  }

  private Future<?> list(RoutingContext routing) {
    JobQuery query = query(routing);
    return store.list(query).compose(jobs -> page(routing, jobs, query.limit()));
  }

  private static Future<Void> page(RoutingContext routing, List<Job> jobs, int limit) {
    JsonObject page =
        new JsonObject().put("jobs", new JsonArray(jobs.stream().map(JobJson::of).toList()));
    if (jobs.size() == limit) {
      page.put("next", Long.toString(jobs.get(limit - 1).sequence()));
    }
    return json(routing.response(), 200, page);
  }

  private JobQuery query(RoutingContext routing) {
    return new JobQuery(
        Optional.of(tenantOf.apply(routing)),
        parameter(routing, "state").map(JobsApi::state),
        parameter(routing, "model"),
        parameter(routing, "after").map(text -> number("after", text, Long.MAX_VALUE)).orElse(0L),
        parameter(routing, "limit")
            .map(text -> (int) number("limit", text, JobQuery.MAX_LIMIT))
            .orElse(DEFAULT_LIMIT));
  }

  private static Optional<String> parameter(RoutingContext routing, String name) {
    return Optional.ofNullable(routing.request().getParam(name));
  }

  private static JobState state(String name) {
    return JobState.of(name)
        .orElseThrow(
            () ->
                InferenceError.invalid(
                    "parameter 'state': %s (expected: queued, running, done, failed, expired or cancelled)"
                        .formatted(name)));
  }

  private static long number(String name, String text, long max) {
    try {
      long number = Long.parseLong(text);
      if (number >= 1 && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Said below, as for a number out of range.
    }
    throw InferenceError.invalid(
        "parameter '%s': %s (expected: 1 to %d)".formatted(name, text, max));
  }

  private Future<?> get(RoutingContext routing) {
    return find(routing).compose(job -> tell(routing, job));
  }

  private Future<Job> find(RoutingContext routing) {
    String id = routing.pathParam("id");
    String tenant = tenantOf.apply(routing);
    return store
        .find(id)
        .map(
            found ->
                found.filter(job -> job.tenant().equals(tenant)).orElseThrow(() -> unknown(id)));
  }

  private static RuntimeException unknown(String id) {
    return new NotFound("job '" + id + "' is not known").asException();
  }

  private Future<?> tell(RoutingContext routing, Job job) {
    HttpServerResponse response = routing.response();
    response.putHeader(STATE_HEADER, job.state().wireName());
    return switch (job.state()) {
      case QUEUED, RUNNING -> {
        response.putHeader(HttpHeaders.RETRY_AFTER, "1");
        yield json(response, 202, JobJson.of(job));
      }
      case DONE -> answer(routing, job);
      case FAILED -> {
        store.fetched(job.id());
        yield Future.failedFuture(errorOf(job).asException());
      }
      case EXPIRED, CANCELLED -> {
        String message = "job '%s' is %s".formatted(job.id(), job.state().wireName());
        yield json(response, GONE, JobJson.of(job).put("error", message));
      }
    };
  }

  private static InferenceError errorOf(Job job) {
    return job.error().map(error -> error.toError()).orElse(new Internal("internal error"));
  }

  private Future<?> answer(RoutingContext routing, Job job) {
    String accept = routing.request().getHeader(HttpHeaders.ACCEPT);
    OutputEncoding encoding =
        accept != null && accept.contains(OCTETS) ? OutputEncoding.BINARY : OutputEncoding.JSON;
    return store
        .result(job)
        .map(kept -> kept.orElseThrow(() -> damaged(job)))
        .compose(kept -> routing.vertx().executeBlocking(() -> JobAnswer.of(kept, encoding), false))
        .compose(answer -> send(routing.response(), answer))
        .onSuccess(sent -> store.fetched(job.id()));
  }

  private static RuntimeException damaged(Job job) {
    return new Internal("the answer of job '%s' is damaged in the outbox".formatted(job.id()))
        .asException();
  }

  private static Future<Void> send(HttpServerResponse response, JobAnswer answer) {
    boolean binary = answer.headerLength() >= 0;
    response.putHeader(HttpHeaders.CONTENT_TYPE, binary ? OCTETS : "application/json");
    if (binary) {
      response.putHeader(
          "Inference-Header-Content-Length", Integer.toString(answer.headerLength()));
    }
    return response.end(answer.body());
  }

  private Future<?> delete(RoutingContext routing) {
    return find(routing)
        .compose(job -> job.state().isPending() ? withdraw(routing, job) : forget(routing, job));
  }

  private Future<Void> withdraw(RoutingContext routing, Job job) {
    return store
        .cancel(job.tenant(), job.id())
        .map(left -> left.orElseThrow(() -> unknown(job.id())))
        .compose(
            left -> {
              onWithdrawn.accept(left.id());
              routing.response().putHeader(STATE_HEADER, left.state().wireName());
              return json(routing.response(), 200, JobJson.of(left));
            });
  }

  private Future<Void> forget(RoutingContext routing, Job job) {
    return store.drop(job.id()).compose(gone -> routing.response().setStatusCode(204).end());
  }

  private static Future<Void> json(HttpServerResponse response, int status, JsonObject body) {
    return response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(body.toBuffer());
  }
}
