package dev.brink.edge.cli;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * A request of the demo and what must come of it.
 *
 * @param input as shown in the table
 * @param status the expected HTTP status
 * @param route the expected route; empty where no answer is expected
 * @param label the expected answer, where it is known beforehand
 */
record DemoSample(
    String input,
    String model,
    JsonObject body,
    int status,
    String route,
    String reason,
    Optional<String> label) {

  static DemoSample answered(
      String input, String model, JsonObject body, String route, String reason) {
    return new DemoSample(input, model, body, 200, route, reason, Optional.empty());
  }

  static DemoSample refused(String input, String model, JsonObject body, int status) {
    return new DemoSample(input, model, body, status, "", "", Optional.empty());
  }

  DemoSample expecting(String answer) {
    return new DemoSample(input, model, body, status, route, reason, Optional.of(answer));
  }

  /** What is wrong with {@code reply}; empty when it is as expected. */
  String complaint(NodeClient.Reply reply) {
    if (reply.status() != status) {
      return "expected HTTP " + status + ", got " + reply.error();
    }
    Answer answer = new Answer(reply);
    if (status == 200 && !(answer.route().equals(route) && answer.reason().equals(reason))) {
      return "expected " + route + ", " + reason;
    }
    return label
        .filter(expected -> !expected.equals(answer.label()))
        .map(expected -> "expected the answer " + expected)
        .orElse("");
  }
}
