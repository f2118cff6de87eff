package dev.brink.edge.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Callers of an edge node with large requests, and what they are told. */
final class FloodLoad implements AutoCloseable {

  static final String FROM_CLOUD = "cloud";

  private static final int MOST_CONNECTIONS = 1024;
  private static final int ROW_BYTES = 4 * 3 * 224 * 224;
  private static final long TIMEOUT_MICROS = 2_000_000;
  private static final double NANOS = 1e9;
  private static final long LONGEST_MILLIS = 10_000;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final URI edge;
  private final byte[] head = head();
  private final Buffer body = Buffer.buffer(head).appendBytes(new byte[ROW_BYTES]);
  private final ConcurrentMap<String, AtomicLong> outcomes = new ConcurrentHashMap<>();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final AtomicLong inFlight = new AtomicLong();

  FloodLoad(String url) {
    this.edge = URI.create(url);
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
  }

  private static byte[] head() {
    return JsonObject.of(
            "parameters",
            JsonObject.of("timeout", TIMEOUT_MICROS),
            "inputs",
            JsonArray.of(
                JsonObject.of(
                    "name",
                    "x",
                    "datatype",
                    "FP32",
                    "shape",
                    JsonArray.of(1, 3, 224, 224),
                    "parameters",
                    JsonObject.of("binary_data_size", ROW_BYTES))))
        .encode()
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Always {@code count} requests under way. */
  void closed(String model, int count, double seconds) {
    long end = System.nanoTime() + (long) (seconds * NANOS);
    for (int i = 0; i < count; i++) {
      repeat(model, end);
    }
    awaitIdle(end);
  }

  private void repeat(String model, long end) {
    if (System.nanoTime() < end) {
      send(model, () -> repeat(model, end));
    }
  }

  /** As many a second as told, of the models in turn, whatever comes back. */
  void open(double perSecond, double seconds, String... models) {
    long begun = System.nanoTime();
    long count = (long) (perSecond * seconds);
    for (long i = 0; i < count; i++) {
      LockSupport.parkNanos((long) (begun + i * NANOS / perSecond) - System.nanoTime());
      send(models[(int) (i % models.length)], () -> {});
    }
    awaitIdle(System.nanoTime());
  }

  private void send(String model, Runnable then) {
    long begun = System.nanoTime();
    inFlight.incrementAndGet();
    client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(edge.getHost())
                .setPort(edge.getPort())
                .setTimeout(LONGEST_MILLIS)
                .setURI("/v2/models/" + model + "/infer"))
        .compose(
            request ->
                request
                    .putHeader("Content-Type", "application/octet-stream")
                    .putHeader("Inference-Header-Content-Length", Integer.toString(head.length))
                    .send(body))
        .compose(FloodLoad::outcome)
        .onComplete(
            (outcome, failure) -> {
              ended(model, failure == null ? outcome : kind(failure), begun);
              inFlight.decrementAndGet();
              then.run();
            });
  }

  private static Future<String> outcome(HttpClientResponse response) {
    return response
        .body()
        .map(
            said ->
                response.statusCode() == 200
                    ? said.toJsonObject().getJsonObject("parameters").getString("brink_route")
                    : Integer.toString(response.statusCode()));
  }

  /** Without the ports, which differ from failure to failure. */
  private static String kind(Throwable failure) {
    return failure.getClass().getSimpleName();
  }

  private void note(String model, String outcome, long count) {
    if (count > 0) {
      outcomes.computeIfAbsent(model + " " + outcome, key -> new AtomicLong()).addAndGet(count);
    }
  }

  private void ended(String model, String outcome, long begun) {
    note(model, outcome, 1);
    slowestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
  }

  /** Until {@code end}, and then for what is under way, within reason. */
  private void awaitIdle(long end) {
    long giveUp = Math.max(end, System.nanoTime()) + 2 * LONGEST_MILLIS * 1_000_000;
    while (System.nanoTime() < end || inFlight.get() > 0 && System.nanoTime() < giveUp) {
      LockSupport.parkNanos(1_000_000);
    }
    note("all", "without an end", inFlight.get());
  }

  /** How often each outcome was seen since the last time; the key is model and outcome. */
  Map<String, Long> take() {
    Map<String, Long> taken = new TreeMap<>();
    outcomes.forEach((key, count) -> taken.put(key, count.get()));
    outcomes.clear();
    return taken;
  }

  /** Of all answers since the last time. */
  double takeSlowestSeconds() {
    return slowestNanos.getAndSet(0) / NANOS;
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
