package dev.brink.edge.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code brink models calibrate --model intent --texts FILE --out calibration.json}. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = {
      "Asks edge and cloud the same questions and writes where they agree,",
      "for learning to start from. The edge node must run and reach its cloud."
    })
final class CalibrateCommand implements Callable<Integer> {

  private static final int MOST_QUESTIONS = 100_000;

  @Spec private CommandSpec spec;

  @Option(names = "--url", defaultValue = "http://127.0.0.1:8000", description = "The edge node.")
  private String url;

  @Option(names = "--model", required = true, description = "The model's name.")
  private String model;

  @Option(
      names = "--texts",
      required = true,
      paramLabel = "FILE",
      description = "One text a line, for a model of texts.")
  private Path texts;

  @Option(names = "--input", defaultValue = "text", description = "The model's input.")
  private String input;

  @Option(
      names = "--signal",
      defaultValue = "max-probability",
      description = "The signal of the model's cascade, whose values the node reports.")
  private String signal;

  @Option(
      names = "--unknown-label",
      paramLabel = "LABEL",
      description = "The edge's word for \"I don't know\"; may be given more than once.")
  private List<String> unknownLabels = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where it belongs: <models>/<name>/<version>/calibration.json.")
  private Path out;

  @Override
  public Integer call() {
    List<String> questions = questions();
    NodeClient node = new NodeClient(url);
    JsonArray examples = new JsonArray();
    int agreed = 0;
    for (String question : questions) {
      JsonArray example = compare(node, question);
      agreed += example.getInteger(1);
      examples.add(example);
    }
    write(examples);
    spec.commandLine()
        .getOut()
        .printf("%d questions, %d answered alike; written to %s%n", questions.size(), agreed, out);
    return 0;
  }

  private JsonArray compare(NodeClient node, String question) {
    JsonObject request = Requests.text(input, question);
    NodeClient.Reply edge = ask(node, Requests.routed(request, "edge"));
    NodeClient.Reply cloud = ask(node, Requests.routed(request, "cloud"));
    if (!"cloud".equals(parameters(cloud).getString("brink_route"))) {
      throw CommandFailure.failed("the cloud did not answer: " + parameters(cloud).encode());
    }
    String label = new Answer(edge).label();
    return JsonArray.of(
        confidence(edge),
        label.equals(new Answer(cloud).label()) ? 1 : 0,
        unknownLabels.contains(label) ? 1 : 0);
  }

  private NodeClient.Reply ask(NodeClient node, JsonObject request) {
    NodeClient.Reply reply = node.post("/v2/models/" + model + "/infer", request.encode());
    if (reply.status() != 200) {
      throw CommandFailure.failed(reply.error());
    }
    return reply;
  }

  private double confidence(NodeClient.Reply edge) {
    if (parameters(edge).getValue("brink_confidence") instanceof Number number) {
      return number.doubleValue();
    }
    throw CommandFailure.failed("model " + model + " has no cascade: it reports no confidence");
  }

  private List<String> questions() {
    try (var lines = Files.lines(texts)) {
      List<String> questions = lines.filter(line -> !line.isBlank()).limit(MOST_QUESTIONS).toList();
      if (questions.isEmpty()) {
        throw CommandFailure.failed(texts + ": no text in it");
      }
      return questions;
    } catch (IOException unreadable) {
      throw CommandFailure.failed("cannot read " + texts + ": " + unreadable.getMessage());
    }
  }

  private void write(JsonArray examples) {
    String column = signal.replace('-', '_');
    JsonObject json =
        new JsonObject()
            .put("columns", JsonArray.of(column, "agree", "edge_is_unknown"))
            .put("examples", examples);
    try {
      Files.writeString(out, json.encode() + "\n");
    } catch (IOException refused) {
      throw CommandFailure.failed("cannot write " + out + ": " + refused.getMessage());
    }
  }

  private static JsonObject parameters(NodeClient.Reply reply) {
    return reply.body().getJsonObject("parameters", new JsonObject());
  }
}
