package dev.brink.edge.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
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
  private final Buffer tensor = Buffer.buffer(new byte[ROW_BYTES]);
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

  /**
   * What is asked.
   *
   * @param name what its outcomes are counted under
   * @param route where it may be answered, as {@code brink_route} says it
   */
  record Question(String name, String model, String route) {

    private byte[] head() {
      return JsonObject.of(
              "parameters",
              JsonObject.of("timeout", TIMEOUT_MICROS, "brink_route", route),
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
  }

  /** Always {@code count} requests under way. */
  void closed(Question question, int count, double seconds) {
    begin(question, count, seconds);
    awaitIdle(System.nanoTime() + (long) (seconds * NANOS));
  }

  /** The same, beside as many others a second as told. */
  void closedBeside(
      Question question, int count, double seconds, Question other, double perSecond) {
    begin(question, count, seconds);
    open(perSecond, seconds, other);
  }

  private void begin(Question question, int count, double seconds) {
    long end = System.nanoTime() + (long) (seconds * NANOS);
    for (int i = 0; i < count; i++) {
      repeat(question, end);
    }
  }

  private void repeat(Question question, long end) {
    if (System.nanoTime() < end) {
      send(question, () -> repeat(question, end));
    }
  }

  /** As many a second as told, of the questions in turn, whatever comes back. */
  void open(double perSecond, double seconds, Question... questions) {
    long begun = System.nanoTime();
    long count = (long) (perSecond * seconds);
    for (long i = 0; i < count; i++) {
      LockSupport.parkNanos((long) (begun + i * NANOS / perSecond) - System.nanoTime());
      send(questions[(int) (i % questions.length)], () -> {});
    }
    awaitIdle(System.nanoTime());
  }

  private void send(Question question, Runnable then) {
    long begun = System.nanoTime();
    inFlight.incrementAndGet();
    client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(edge.getHost())
                .setPort(edge.getPort())
                .setTimeout(LONGEST_MILLIS)
                .setURI("/v2/models/" + question.model() + "/infer"))
        .compose(request -> exchange(request, question))
        .onComplete(
            (outcome, failure) -> {
              ended(question.name(), failure == null ? outcome : kind(failure), begun);
              inFlight.decrementAndGet();
              then.run();
            });
  }

  /** All of it on the request's own thread, or an answer comes before anybody listens to it. */
  private Future<String> exchange(HttpClientRequest request, Question question) {
    byte[] head = question.head();
    return request
        .putHeader("Content-Type", "application/octet-stream")
        .putHeader("Inference-Header-Content-Length", Integer.toString(head.length))
        .send(Buffer.buffer(head).appendBuffer(tensor))
        .compose(response -> response.body().map(said -> outcome(response.statusCode(), said)));
  }

  /** Where the answer came from, or why there is none, without the figures in the text. */
  private static String outcome(int status, Buffer said) {
    JsonObject answer = said.toJsonObject();
    return status == 200
        ? answer.getJsonObject("parameters").getString("brink_route")
        : status + ": " + answer.getString("error").replaceAll("[0-9]+", "#");
  }

  /** Without the ports, which differ from failure to failure. */
  private static String kind(Throwable failure) {
    return failure.getClass().getSimpleName();
  }

  private void note(String question, String outcome, long count) {
    if (count > 0) {
      outcomes.computeIfAbsent(question + " " + outcome, key -> new AtomicLong()).addAndGet(count);
    }
  }

  private void ended(String question, String outcome, long begun) {
    note(question, outcome, 1);
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

  /** How often each outcome was seen since the last time; the key is question and outcome. */
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
