package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.wire.WireRequests;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What is measured and with what: the models <em>tiny</em>, <em>medium</em> and <em>text</em>, each
 * once more as {@code <name>-alone} without sharing of runs; a row for each; the bare loops.
 */
final class ServeFixture implements AutoCloseable {

  private static final List<String> MODELS = List.of("tiny", "medium", "text");

  private final Path folder;
  private final Path models;
  private final Optional<String> loop;
  private final float[] tinyRow = ServeModels.row(512);
  private final float[] mediumRow = ServeModels.row(3 * 224 * 224);
  private final String[] words =
      IntStream.range(0, 16).mapToObj(i -> ServeModels.word(i * 37)).toArray(String[]::new);
  private final RawLoop tiny;
  private final RawLoop medium;
  private final RawLoop text;

  /**
   * @param loop the command of a bare loop to use instead of this one
   */
  ServeFixture(Path folder, Optional<String> loop) throws IOException, OrtException {
    this.folder = folder;
    this.models = folder.resolve("models");
    this.loop = loop;
    ServeModels.write(models);
    ServeModels.write(folder.resolve("three"));
    for (String model : MODELS) {
      unbatched(model);
      flat(model);
    }
    tiny = new RawLoop(file("tiny"), tinyRow, new long[] {1, 512});
    medium = new RawLoop(file("medium"), mediumRow, new long[] {1, 3, 224, 224});
    text = new RawLoop(file("text"), words, new long[] {1, 16});
  }

  /** The same model again, never sharing a run. */
  private void unbatched(String name) throws IOException {
    Path alone = models.resolve(name + "-alone");
    Files.createDirectories(alone.resolve("1"));
    Files.copy(file(name), alone.resolve("1/model.onnx"));
    Files.writeString(alone.resolve("model.yaml"), "batching: { enabled: false }\n");
  }

  /** As other servers want it. */
  private void flat(String name) throws IOException {
    Files.createDirectories(folder.resolve("flat"));
    Files.copy(file(name), folder.resolve("flat").resolve(name + ".onnx"));
  }

  private Path file(String model) {
    return models.resolve(model).resolve("1/model.onnx");
  }

  /** A node with the models, its answers checked. */
  ServeProcess node(String... settings) throws OrtException {
    ServeProcess node = ServeProcess.start(folder, models, settings);
    try {
      requireRightAnswer(node.http());
      return node;
    } catch (RuntimeException | OrtException wrong) {
      node.close();
      throw wrong;
    }
  }

  /** Another server with the models, its answers checked. */
  Peer peer(String command) throws OrtException {
    Peer peer = Peer.start(command, folder.resolve("flat"), folder.resolve("peer.log"));
    try {
      requireRightAnswer("http://127.0.0.1:" + peer.port());
      return peer;
    } catch (RuntimeException | OrtException wrong) {
      peer.close();
      throw wrong;
    }
  }

  /** A node with the three models alone. */
  ServeProcess smallNode() {
    return ServeProcess.start(folder, folder.resolve("three"));
  }

  /** Since {@code node} was started, until it has answered. */
  double firstAnswerSeconds(ServeProcess node) throws OrtException {
    long ready = System.nanoTime();
    requireRightAnswer(node.http());
    return node.startSeconds() + (System.nanoTime() - ready) / 1e9;
  }

  private void requireRightAnswer(String url) throws OrtException {
    String request = new String(json("tiny"), StandardCharsets.UTF_8);
    NodeClient.Reply reply =
        new NodeClient(url)
            .post("/v2/models/tiny/infer", request.substring(request.indexOf("\r\n\r\n") + 4));
    if (reply.status() != 200) {
      throw CommandFailure.failed(reply.error());
    }
    JsonArray data = reply.body().getJsonArray("outputs").getJsonObject(0).getJsonArray("data");
    float[] expected = tiny.answer();
    for (int i = 0; i < expected.length; i++) {
      if (Math.abs(data.getDouble(i) - expected[i]) > 1e-4) {
        throw CommandFailure.failed(
            "answers differ: %s (expected: %s)".formatted(data.getDouble(i), expected[i]));
      }
    }
  }

  /** The bare loop of {@code model}. */
  BareLoop bare(String model) {
    return loop.<BareLoop>map(command -> new ExternalLoop(command, file(base(model))))
        .orElse(
            switch (base(model)) {
              case "tiny" -> tiny;
              case "medium" -> medium;
              default -> text;
            });
  }

  private static String base(String model) {
    return model.replace("-alone", "");
  }

  /** A request whose tensors are binary. */
  byte[] binary(String model) {
    return base(model).equals("tiny")
        ? ServeRequest.binary(model, tinyRow, 1, 512)
        : ServeRequest.binary(model, mediumRow, 1, 3, 224, 224);
  }

  byte[] json(String model) {
    return switch (base(model)) {
      case "tiny" -> ServeRequest.json(model, tinyRow, 1, 512);
      case "medium" -> ServeRequest.json(model, mediumRow, 1, 3, 224, 224);
      default -> ServeRequest.json(model, "t", words);
    };
  }

  /** A message of {@code ModelInfer} for a tiny model. */
  byte[] message(String model) {
    InferenceRequest request =
        new InferenceRequest(
            model,
            "",
            "1",
            Parameters.none(),
            List.of(Tensor.ofFloats("x", Shape.of(1, tinyRow.length), tinyRow)),
            List.of(),
            RequestContext.until(new Deadline(Long.MAX_VALUE)));
    return WireRequests.toMessage(request).toByteArray();
  }

  @Override
  public void close() throws OrtException {
    tiny.close();
    medium.close();
    text.close();
  }
}
