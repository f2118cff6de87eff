package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** Asks a node one question after another at a steady pace, whether or not it keeps up. */
final class PacedReplay {

  private static final int MOST_UNDER_WAY = 256;
  private static final double NANOS = 1e9;

  private final NodeClient node;
  private final double rate;

  /**
   * @param rate questions a second
   */
  PacedReplay(NodeClient node, double rate) {
    this.node = node;
    this.rate = rate;
  }

  /** What an answer said of itself; confidence is NaN where it had none. */
  record Told(String label, double confidence, String route, String reason, boolean degraded) {

    boolean isForwarded() {
      return route.equals("cloud");
    }
  }

  /**
   * The answers, in the order of the questions.
   *
   * @param route {@code auto}, {@code edge} or {@code cloud}
   */
  List<Told> ask(List<Labelled> questions, String route) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Semaphore room = new Semaphore(MOST_UNDER_WAY);
      List<Future<Told>> pending = new ArrayList<>();
      long begun = System.nanoTime();
      for (Labelled question : questions) {
        long due = begun + (long) (pending.size() / rate * NANOS);
        LockSupport.parkNanos(due - System.nanoTime());
        room.acquire();
        pending.add(
            threads.submit(
                () -> {
                  try {
                    return ask(question, route);
                  } finally {
                    room.release();
                  }
                }));
      }
      List<Told> told = new ArrayList<>();
      for (Future<Told> answer : pending) {
        told.add(answer.get());
      }
      return told;
    } catch (ExecutionException failed) {
      throw CommandFailure.failed(failed.getCause().getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private Told ask(Labelled question, String route) {
    JsonObject body =
        JsonObject.of(
            "parameters",
            JsonObject.of("brink_route", route),
            "inputs",
            JsonArray.of(question.input()),
            "outputs",
            JsonArray.of(JsonObject.of("name", "label")));
    NodeClient.Reply reply = node.post("/v2/models/intent/infer", body.encode());
    if (reply.status() != 200) {
      throw CommandFailure.failed(reply.error());
    }
    JsonObject parameters = reply.body().getJsonObject("parameters");
    String label =
        reply.body().getJsonArray("outputs").getJsonObject(0).getJsonArray("data").getString(0);
    double confidence =
        parameters.getValue("brink_confidence") instanceof Number number
            ? number.doubleValue()
            : Double.NaN;
    return new Told(
        label,
        confidence,
        parameters.getString("brink_route"),
        parameters.getString("brink_reason"),
        parameters.getBoolean("brink_degraded"));
  }
}
