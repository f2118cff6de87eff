package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How long answers take at half of saturation, and alone. */
final class LatencyPart implements ServePart {

  private static final int OPEN_CONNECTIONS = 64;

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

  /**
   * Random arrivals at half of what the case could take; the median of some windows. The node is
   * warmed anew: requests that seldom meet take other ways through it than those of a full one.
   */
  private static void openLoop(
      ServeProcess node, Open measured, Windows windows, ServeReport report) throws IOException {
    double rate = measured.saturated().perSecond() / 2;
    List<Double> p99 = new ArrayList<>();
    try (HttpLoad load = new HttpLoad(node.port(), measured.request(), OPEN_CONNECTIONS)) {
      load.open(rate, windows.warmSeconds(), 0, () -> 0);
      for (int round = 0; round < windows.rounds(); round++) {
        p99.add(load.open(rate, 1, 2 * windows.seconds(), () -> 0).millis(0.99));
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
}
