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

/** Asks a node all questions, by one way, and counts what it answered. */
final class Replay {

  private final String model;
  private final List<Labelled> questions;
  private final int callers;

  Replay(String model, List<Labelled> questions, int callers) {
    this.model = model;
    this.questions = questions;
    this.callers = callers;
  }

  /** An answer and where it came from. */
  record Answered(Labelled question, String label, String route, boolean degraded) {

    boolean isRight() {
      return label.equals(question.label());
    }

    boolean isForwarded() {
      return route.equals("cloud");
    }
  }

  /**
   * @param parameters of every request
   */
  List<Answered> run(NodeClient node, JsonObject parameters) {
    try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
      List<Future<Answered>> pending = new ArrayList<>();
      for (Labelled question : questions) {
        pending.add(threads.submit(() -> ask(node, question, parameters)));
      }
      List<Answered> answers = new ArrayList<>();
      for (Future<Answered> answer : pending) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException failed) {
      throw CommandFailure.failed(failed.getCause().getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private Answered ask(NodeClient node, Labelled question, JsonObject parameters) {
    JsonObject body =
        JsonObject.of(
            "parameters",
            parameters,
            "inputs",
            JsonArray.of(question.input()),
            "outputs",
            JsonArray.of(JsonObject.of("name", "label")));
    NodeClient.Reply reply = node.post("/v2/models/" + model + "/infer", body.encode());
    if (reply.status() != 200) {
      throw CommandFailure.failed(reply.error());
    }
    JsonObject told = reply.body().getJsonObject("parameters");
    String label =
        reply.body().getJsonArray("outputs").getJsonObject(0).getJsonArray("data").getString(0);
    return new Answered(
        question, label, told.getString("brink_route"), told.getBoolean("brink_degraded"));
  }
}
