package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How late the event loop's timers fire while it takes large JSON, by the node's own metric: what
 * the loop does itself, and what it waits for its core.
 */
final class StallPart implements ServePart {

  private static final int CLIENTS = 4;
  private static final int LOOKS = 20;
  private static final double LOOK_SECONDS = 1;

  @Override
  public void measure(ServeFixture fixture, Windows windows, ServeReport report)
      throws IOException, OrtException {
    try (ServeProcess node = fixture.node()) {
      for (String model : List.of("tiny", "medium")) {
        byte[] request = fixture.json(model + "-alone");
        try (HttpLoad load = new HttpLoad(node.port(), request, CLIENTS)) {
          load.closed(0, windows.warmSeconds(), () -> 0);
          report(model + " JSON, 4 clients", lags(node, load), report);
        }
      }
    }
  }

  /** The worst of each second, in ms. */
  private static List<Double> lags(ServeProcess node, HttpLoad load) throws IOException {
    node.eventLoopLagMillis();
    List<Double> lags = new ArrayList<>();
    for (int look = 0; look < LOOKS; look++) {
      load.closed(0, LOOK_SECONDS, () -> 0);
      lags.add(node.eventLoopLagMillis());
    }
    return lags;
  }

  private static void report(String name, List<Double> lags, ServeReport report) {
    double worst = lags.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    report.figure(
        name, "event loop's timers late, ms: worst", ServeReport.one(worst), "<= 5", "", "");
    report.figure(
        name,
        "event loop's timers late, ms: median of each second's worst",
        ServeReport.one(ServeCase.median(lags)),
        "",
        "",
        "");
  }
}
