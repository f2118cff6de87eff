package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A node under a moderate mix of requests for a long time, while models are loaded and unloaded:
 * whether its memory comes to rest. Counts seconds of load, not of the clock, so that the processes
 * may be stopped and continued.
 */
@Command(
    name = "soak",
    description = "Memory over a long time of mixed requests, loads and unloads.",
    mixinStandardHelpOptions = true)
final class SoakBench implements Callable<Integer> {

  private static final int MAX_MINUTES = 600;

  /** Single minutes go up and down with the collector by more than is looked for. */
  private static final int STRETCH_MINUTES = 5;

  private static final int SECONDS_A_LOAD = 5;
  private static final int SECONDS_A_RELOAD = 30;

  @Option(names = "--minutes", description = "At most 600; default: ${DEFAULT-VALUE}")
  private int minutes = 30;

  @Option(names = "--settling", description = "Minutes before; default: ${DEFAULT-VALUE}")
  private int settling = 5;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table = new Table("minute", "resident MiB", "answered", "not answered");
  private int loads;
  private int unanswered;
  private final List<Double> byMinute = new ArrayList<>();

  /** One kind of request: how many a second, over its own connections. */
  private record Stream(HttpLoad load, double perSecond) {}

  @Override
  public Integer call() throws IOException {
    if (minutes <= settling || minutes > MAX_MINUTES || settling < 1) {
      throw CommandFailure.usage(
          "--minutes %d --settling %d (expected: 1 <= settling < minutes <= %d)"
              .formatted(minutes, settling, MAX_MINUTES));
    }
    try (Scratch scratch = Scratch.create()) {
      Path models = scratch.folder().resolve("models");
      ServeModels.write(models);
      ServeModels.writeTiny(models, "passing");
      try (ServeProcess server = ServeProcess.start(scratch.folder(), models)) {
        soak(server);
      }
    }
    return 0;
  }

  private void soak(ServeProcess server) throws IOException {
    NodeClient control = new NodeClient(server.http());
    List<Stream> streams = streams(server.port());
    try {
      for (int minute = 1; minute <= minutes; minute++) {
        minute(server, control, streams, minute);
      }
    } finally {
      for (Stream stream : streams) {
        stream.load().close();
      }
    }
    print();
  }

  /** Tensors of 2 KB and 600 KB, as bytes and as JSON, and texts. */
  private static List<Stream> streams(int port) throws IOException {
    float[] row = ServeModels.row(512);
    float[] picture = ServeModels.row(3 * 224 * 224);
    String[] words =
        IntStream.range(0, 16).mapToObj(i -> ServeModels.word(i * 37)).toArray(String[]::new);
    return List.of(
        stream(port, ServeRequest.binary("tiny", row, 1, 512), 40),
        stream(port, ServeRequest.json("tiny", row, 1, 512), 20),
        stream(port, ServeRequest.json("text", "t", words), 20),
        stream(port, ServeRequest.binary("medium", picture, 1, 3, 224, 224), 10),
        stream(port, ServeRequest.json("medium", picture, 1, 3, 224, 224), 1));
  }

  private static Stream stream(int port, byte[] request, double perSecond) throws IOException {
    return new Stream(new HttpLoad(port, request, 8), perSecond);
  }

  private void minute(ServeProcess server, NodeClient control, List<Stream> streams, int minute)
      throws IOException {
    int answered = 0;
    int before = unanswered;
    double resident = 0;
    for (int second = 0; second < 60; second++) {
      change(control, (minute - 1) * 60 + second);
      for (Stream stream : streams) {
        // Each kind gets its part of the second, at a rate that makes up for it.
        double part = 1.0 / streams.size();
        LoadWindow window =
            stream.load().open(stream.perSecond() * streams.size(), 0, part, () -> 0);
        answered += window.answers().count();
        unanswered += window.unanswered();
      }
      resident += server.residentMebibytes() / 60;
    }
    note(minute, resident, answered, unanswered - before);
  }

  private void note(int minute, double resident, int answered, int notAnswered) {
    byMinute.add(resident);
    tell("minute %d: %.1f MiB".formatted(minute, resident));
    if (minute % 5 == 0 || minute == 1 || minute == minutes) {
      table.add(
          Integer.toString(minute),
          String.format(Locale.ROOT, "%.1f", resident),
          Integer.toString(answered),
          Integer.toString(notAnswered));
    }
  }

  /** As it goes, for who looks on. */
  private void tell(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }

  /** One model comes and goes all the time, another is loaded anew now and then. */
  private void change(NodeClient control, int second) {
    if (second % SECONDS_A_LOAD == 0) {
      boolean leaves = second / SECONDS_A_LOAD % 2 == 0;
      command(control, "passing", leaves ? "unload" : "load", "{}");
    }
    if (second % SECONDS_A_RELOAD == SECONDS_A_RELOAD - 1) {
      // Another configuration each time, or there would be nothing to load.
      command(
          control,
          "text",
          "load",
          "{\"parameters\":{\"config\":\"{\\\"batching\\\":{\\\"max-queue\\\":%d}}\"}}"
              .formatted(256 + second % 97));
    }
  }

  private void command(NodeClient control, String model, String action, String body) {
    NodeClient.Reply reply = control.post("/v2/repository/models/" + model + "/" + action, body);
    if (reply.status() != 200) {
      throw CommandFailure.failed(model + " " + action + ": " + reply.error());
    }
    loads++;
  }

  private void print() {
    var text = spec.commandLine().getOut();
    table.print(text);
    text.println();
    int stretch = Math.max(1, Math.min(STRETCH_MINUTES, (minutes - settling) / 2));
    double first = mean(settling, settling + stretch);
    double last = mean(minutes - stretch, minutes);
    text.printf(
        Locale.ROOT,
        "resident memory, mean of the last %d minutes beside that of minutes %d to %d: %+.1f %%"
            + " (wanted: < 2 %%); %d loads and unloads; %d requests not answered.%n",
        stretch,
        settling + 1,
        settling + stretch,
        (last / first - 1) * 100,
        loads,
        unanswered);
    text.flush();
    if (out != null) {
      table.write(out);
    }
  }

  private double mean(int from, int to) {
    return byMinute.subList(from, to).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElseThrow();
  }
}
