package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What serving costs beside the bare ONNX Runtime loop, in CPU time of the server's process: a
 * ratio of neighbours in time, so that a busy machine disturbs both.
 */
@Command(
    name = "serve",
    description = "CPU per request beside the bare ONNX Runtime loop; latencies; batching.",
    mixinStandardHelpOptions = true)
final class ServeBench implements Callable<Integer> {

  private static final int CLIENTS = 16;
  private static final int BATCH_CLIENTS = 32;

  @Option(names = "--rounds", description = "Windows of each case; default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Of a window; default: ${DEFAULT-VALUE}")
  private double seconds = 2;

  @Option(names = "--warm", description = "Seconds of load before; default: ${DEFAULT-VALUE}")
  private double warm = 10;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Map<String, ServeCase> cases = new LinkedHashMap<>();
  private final Table table =
      new Table("case", "figure", "measured", "at least", "goal", "bare us", "server us", "1/s");

  @Override
  public Integer call() throws IOException, OrtException {
    try (Scratch scratch = Scratch.create()) {
      run(scratch.folder());
    }
    return 0;
  }

  private void run(Path folder) throws IOException, OrtException {
    Path models = folder.resolve("models");
    float[] tinyRow = row(512);
    float[] mediumRow = row(3 * 224 * 224);
    String[] words =
        IntStream.range(0, 16).mapToObj(i -> ServeModels.word(i * 37)).toArray(String[]::new);
    ServeModels.write(models);
    unbatched(models, "tiny");
    unbatched(models, "medium");
    unbatched(models, "text");
    try (RawLoop tiny = new RawLoop(file(models, "tiny"), tinyRow, new long[] {1, 512});
        RawLoop medium =
            new RawLoop(file(models, "medium"), mediumRow, new long[] {1, 3, 224, 224});
        RawLoop text = new RawLoop(file(models, "text"), words, new long[] {1, 16});
        ServeProcess server = ServeProcess.start(folder, models)) {
      cases.put(
          "tiny binary",
          new ServeCase(ServeRequest.binary("tiny-alone", tinyRow, 1, 512), CLIENTS, tiny));
      cases.put(
          "tiny binary batched",
          new ServeCase(ServeRequest.binary("tiny", tinyRow, 1, 512), BATCH_CLIENTS, tiny));
      cases.put(
          "tiny JSON",
          new ServeCase(ServeRequest.json("tiny-alone", tinyRow, 1, 512), CLIENTS, tiny));
      cases.put(
          "medium binary",
          new ServeCase(ServeRequest.binary("medium-alone", mediumRow, 1, 3, 224, 224), 4, medium));
      cases.put(
          "medium binary batched",
          new ServeCase(ServeRequest.binary("medium", mediumRow, 1, 3, 224, 224), 4, medium));
      cases.put(
          "medium JSON",
          new ServeCase(ServeRequest.json("medium-alone", mediumRow, 1, 3, 224, 224), 4, medium));
      cases.put(
          "text JSON", new ServeCase(ServeRequest.json("text-alone", "t", words), CLIENTS, text));
      cases.put("lone, alone", cases.get("tiny binary").withConnections(1));
      cases.put("lone, batched", cases.get("tiny binary batched").withConnections(1));
      requireSameAnswer(server, tiny.answer(), tinyRow);
      measure(server);
      report();
      openLoop(server, "tiny binary", 2.0, 1.0);
      openLoop(server, "tiny JSON", 2.5, 1.5);
      openLoop(server, "medium binary", 16, 12);
      overload(server);
      table.add(
          "node",
          "start to ready, 6 models, s",
          two(server.startSeconds()),
          "1.9",
          "1.0",
          "",
          "",
          "");
      table.add(
          "node",
          "resident MiB after",
          whole(server.residentMebibytes()),
          "350",
          "200",
          "",
          "",
          "");
      print(server);
    }
  }

  private void measure(ServeProcess server) throws IOException, OrtException {
    for (ServeCase each : cases.values()) {
      each.warm(server, warm);
    }
    for (int round = 0; round < rounds; round++) {
      for (ServeCase each : cases.values()) {
        each.measure(server, seconds);
      }
    }
    for (Map.Entry<String, ServeCase> each : cases.entrySet()) {
      if (each.getValue().failed() > 0) {
        throw CommandFailure.failed(each.getKey() + ": " + each.getValue().failed() + " failed");
      }
    }
  }

  private void report() {
    efficiency("tiny binary", "0.22", "0.32");
    efficiency("tiny binary batched", "0.33", "0.50");
    ratio(
        "tiny binary batched",
        "batching on / off, by CPU",
        cases.get("tiny binary").cpuMicros() / cases.get("tiny binary batched").cpuMicros(),
        "1.6",
        "");
    efficiency("tiny JSON", "0.17", "");
    efficiency("medium binary", "0.80", "0.90");
    efficiency("medium JSON", "", "");
    efficiency("text JSON", "0.50", "0.62");
    ratio(
        "medium binary batched",
        "batching on / off, by CPU",
        cases.get("medium binary").cpuMicros() / cases.get("medium binary batched").cpuMicros(),
        "0.97",
        "1.00");
    ratio(
        "lone request",
        "p50, batching on / off",
        cases.get("lone, batched").medianMillis() / cases.get("lone, alone").medianMillis(),
        "<= 1.15",
        "<= 1.02");
  }

  private void efficiency(String name, String least, String goal) {
    ratio(name, "efficiency", cases.get(name).efficiency(), least, goal);
  }

  private void ratio(String name, String figure, double value, String least, String goal) {
    ServeCase measured = cases.get(name);
    table.add(
        name,
        figure,
        two(value),
        least,
        goal,
        measured == null ? "" : one(measured.rawMicros()),
        measured == null ? "" : one(measured.cpuMicros()),
        measured == null ? "" : whole(measured.perSecond()));
  }

  /** Random arrivals at half of what the case could take. */
  private void openLoop(ServeProcess server, String name, double most, double goal)
      throws IOException {
    ServeCase measured = cases.get(name);
    double rate = measured.perSecond() / 2;
    try (HttpLoad load = new HttpLoad(server.port(), measured.request(), 64)) {
      LoadWindow window = load.open(rate, 1, 2 * seconds, () -> 0);
      table.add(
          name,
          "p99 ms at half of saturation, open loop",
          two(window.millis(0.99)),
          "<= " + most,
          "<= " + goal,
          "",
          "",
          whole(rate));
    }
  }

  /** Three times what the model could take, on more connections than its queue has room for. */
  private void overload(ServeProcess server) throws IOException {
    ServeCase measured = cases.get("medium binary");
    try (HttpLoad load = new HttpLoad(server.port(), measured.request(), 300)) {
      LoadWindow window = load.open(3 * measured.perSecond(), 2, 3 * seconds, () -> 0);
      table.add(
          "medium at 3x",
          "goodput / saturation",
          two(window.perSecond() / measured.perSecond()),
          "0.95",
          "",
          "",
          "",
          whole(window.perSecond()));
    }
  }

  private void print(ServeProcess server) {
    var text = spec.commandLine().getOut();
    table.print(text);
    double noise = cases.values().stream().mapToDouble(ServeCase::noise).max().orElse(1);
    text.println();
    text.println(
        "bare: ONNX Runtime's Java API in a loop, tensors bound, CPU time of one row; a loop in C"
            + " takes about 3.5 us less.");
    text.println(
        "server: CPU time of the whole process per answer"
            + (server.isPinned() ? ", on a core of its own." : "; it could not be pinned."));
    text.printf(
        Locale.ROOT,
        "noise: the bare loop's own figures were up to %.2f times apart (1 on a quiet machine).%n",
        noise);
    text.flush();
    if (out != null) {
      table.write(out);
    }
  }

  private static void requireSameAnswer(ServeProcess server, float[] expected, float[] row) {
    byte[] request = ServeRequest.json("tiny", row, 1, 512);
    String text = new String(request, StandardCharsets.UTF_8);
    NodeClient.Reply reply =
        new NodeClient(server.http())
            .post("/v2/models/tiny/infer", text.substring(text.indexOf("\r\n\r\n") + 4));
    if (reply.status() != 200) {
      throw CommandFailure.failed(reply.error());
    }
    JsonObject output = reply.body().getJsonArray("outputs").getJsonObject(0);
    JsonArray data = output.getJsonArray("data");
    for (int i = 0; i < expected.length; i++) {
      if (Math.abs(data.getDouble(i) - expected[i]) > 1e-4) {
        throw CommandFailure.failed(
            "answers differ: %s (expected: %s)".formatted(data.getDouble(i), expected[i]));
      }
    }
  }

  /** The same model again, never sharing a run. */
  private static void unbatched(Path models, String name) throws IOException {
    Path folder = models.resolve(name + "-alone");
    Files.createDirectories(folder.resolve("1"));
    Files.copy(file(models, name), folder.resolve("1/model.onnx"));
    Files.writeString(folder.resolve("model.yaml"), "batching: { enabled: false }\n");
  }

  private static Path file(Path models, String name) {
    return models.resolve(name).resolve("1/model.onnx");
  }

  private static float[] row(int count) {
    Random random = new Random(11);
    float[] row = new float[count];
    for (int i = 0; i < count; i++) {
      row[i] = Math.round(random.nextFloat() * 1e6f) / 1e6f;
    }
    return row;
  }

  private static String one(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
