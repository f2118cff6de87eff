package dev.brink.edge.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code brink infer --model intent --text "..."}. */
@Command(
    name = "infer",
    mixinStandardHelpOptions = true,
    description = "Sends one request to a node and prints the answer; exits 1 if there is none.")
public final class InferCommand implements Callable<Integer> {

  private static final class Input {
    @Option(names = "--text", required = true, description = "A text for a model of texts.")
    private String text;

    @Option(
        names = "--input",
        required = true,
        paramLabel = "FILE",
        description = "The body of a request as JSON; - for standard input.")
    private Path file;
  }

  @Spec private CommandSpec spec;

  @Option(names = "--url", defaultValue = "http://127.0.0.1:8000", description = "The node.")
  private String url;

  @Option(names = "--model", required = true, description = "The model's name.")
  private String model;

  @ArgGroup(multiplicity = "1")
  private Input input;

  @Option(names = "--route", description = "auto, edge, cloud or local-only.")
  private Optional<String> route;

  @Option(names = "--json", description = "Prints the answer as it came.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    NodeClient node = new NodeClient(url);
    JsonObject request = input.file == null ? textRequest(node) : readRequest();
    route.ifPresent(wanted -> parameters(request).put("brink_route", wanted));
    NodeClient.Reply reply = node.post("/v2/models/" + model + "/infer", request.encode());
    if (json) {
      spec.commandLine().getOut().println(reply.body().encodePrettily());
    } else if (reply.status() == 200) {
      print(new Answer(reply));
    }
    if (reply.status() / 100 != 2) {
      throw CommandFailure.failed(reply.error());
    }
    return 0;
  }

  /** Asks the model what its input is called; a model that only the cloud has cannot be asked. */
  private JsonObject textRequest(NodeClient node) {
    JsonArray inputs =
        node.get("/v2/models/" + model).body().getJsonArray("inputs", new JsonArray());
    String name = inputs.isEmpty() ? "text" : inputs.getJsonObject(0).getString("name");
    return Requests.text(name, input.text);
  }

  private JsonObject readRequest() throws IOException {
    try {
      return new JsonObject(inputText());
    } catch (NoSuchFileException absent) {
      throw CommandFailure.usage("--input " + input.file + ": no such file");
    } catch (DecodeException malformed) {
      throw CommandFailure.usage(input.file + " is no JSON object: " + malformed.getMessage());
    }
  }

  private String inputText() throws IOException {
    return input.file.toString().equals("-")
        ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
        : Files.readString(input.file);
  }

  private static JsonObject parameters(JsonObject request) {
    if (!request.containsKey("parameters")) {
      request.put("parameters", new JsonObject());
    }
    return request.getJsonObject("parameters");
  }

  private void print(Answer answer) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("answer      " + answer.label());
    out.println("route       " + answer.route());
    out.println("reason      " + answer.reason());
    out.println("confidence  " + answer.confidence());
    out.println("took        " + answer.millis() + " ms");
  }
}
