package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How long answers take at half of saturation, and alone. */
final class LatencyPart implements ServePart {

  private static final int OPEN_CONNECTIONS = 64;

  /**
   * The JVM has compiled its way when its compilers take less than this share of a core for a
   * while.
   */
  private static final double QUIET = 0.01;

  private static final double STRETCH_SECONDS = 5;
  private static final int QUIET_STRETCHES = 2;
  private static final int MAX_STRETCHES = 36;

  /** Of a window: the hundredth of less is chance. */
  private static final int MIN_REQUESTS = 1000;

  private record Open(ServeCase saturated, byte[] request, String most, String goal) {}

  @Override
  public void measure(ServeFixture fixture, Windows windows, ServeReport report)
      throws IOException, OrtException {
    try (ServeProcess node = fixture.node()) {
      ServeCase off = alone(fixture, node, "lone request, batching off", "tiny-alone");
      ServeCase on = alone(fixture, node, "lone request, batching on", "tiny");
      List<Open> open =
          List.of(
              open(fixture, node, "tiny binary", fixture.binary("tiny-alone"), 16, "2.0", "1.0"),
              open(fixture, node, "tiny JSON", fixture.json("tiny-alone"), 16, "2.5", "1.5"),
              open(fixture, node, "medium binary", fixture.binary("medium-alone"), 4, "16", "12"));
      List<ServeCase> cases = new ArrayList<>(List.of(off, on));
      open.forEach(each -> cases.add(each.saturated()));
      windows.run(cases);
      report.ratio(on, "p50, batching on / off", on.latencyOver(off), "<= 1.15", "<= 1.02");
      for (Open each : open) {
        openLoop(node, each, windows, report);
      }
    }
  }

  private static ServeCase alone(ServeFixture fixture, Server node, String name, String model) {
    return ServeCase.http(name, node, fixture.bare(model), fixture.binary(model), 1);
  }

  private static Open open(
      ServeFixture fixture,
      Server node,
      String name,
      byte[] request,
      int connections,
      String most,
      String goal) {
    BareLoop bare = fixture.bare(name.split(" ")[0]);
    ServeCase saturated = ServeCase.http(name, node, bare, request, connections);
    return new Open(saturated, request, "<= " + most, "<= " + goal);
  }

  /** Random arrivals at half of what the case could take; the median of some windows. */
  private static void openLoop(
      ServeProcess node, Open measured, Windows windows, ServeReport report) throws IOException {
    double rate = measured.saturated().perSecond() / 2;
    double seconds = Math.max(2 * windows.seconds(), MIN_REQUESTS / rate);
    List<Double> p99 = new ArrayList<>();
    try (HttpLoad load = new HttpLoad(node.port(), measured.request(), OPEN_CONNECTIONS)) {
      load.open(rate, windows.warmSeconds(), 0, () -> 0);
      awaitCompiled(node, load, rate);
      for (int round = 0; round < windows.rounds(); round++) {
        p99.add(load.open(rate, 1, seconds, () -> 0).millis(0.99));
      }
    }
    report.figure(
        measured.saturated().name(),
        "p99 ms at half of saturation, open loop",
        ServeReport.two(ServeCase.median(p99)),
        measured.most(),
        measured.goal(),
        ServeReport.whole(rate));
  }

  /**
   * Goes on at that rate until the JVM compiles hardly anything more, for some minutes at most.
   * Requests that seldom meet take other ways through a node than those of a full one, and there
   * are few of them to count: on one core, its compilers double every latency meanwhile.
   */
  private static void awaitCompiled(ServeProcess node, HttpLoad load, double rate)
      throws IOException {
    int quiet = 0;
    for (int i = 0; i < MAX_STRETCHES && quiet < QUIET_STRETCHES; i++) {
      double before = CompilerTime.of(node.pid());
      load.open(rate, STRETCH_SECONDS, 0, () -> 0);
      double share = (CompilerTime.of(node.pid()) - before) / STRETCH_SECONDS;
      quiet = share <= QUIET ? quiet + 1 : 0;
    }
  }
}
