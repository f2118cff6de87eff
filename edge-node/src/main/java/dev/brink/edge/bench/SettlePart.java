package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How much CPU time a fresh node takes to become as fast as it will be. */
final class SettlePart implements ServePart {

  private static final int CLIENTS = 16;
  private static final double STEP_SECONDS = 0.5;
  private static final double SHARE = 0.9;

  @Override
  public void measure(ServeFixture fixture, Windows windows, ServeReport report)
      throws IOException, OrtException {
    double seconds = Math.max(20, 3 * windows.warmSeconds());
    settle(fixture, "tiny binary", fixture.binary("tiny-alone"), seconds, report);
    settle(fixture, "tiny JSON", fixture.json("tiny-alone"), seconds, report);
  }

  private static void settle(
      ServeFixture fixture, String name, byte[] request, double seconds, ServeReport report)
      throws IOException, OrtException {
    List<LoadWindow> steps = new ArrayList<>();
    try (ServeProcess node = fixture.node();
        HttpLoad load = new HttpLoad(node.port(), request, CLIENTS)) {
      for (double done = 0; done < seconds; done += STEP_SECONDS) {
        steps.add(load.closed(0, STEP_SECONDS, node::cpuSeconds));
      }
    }
    double last = rate(steps.subList(steps.size() * 3 / 4, steps.size()));
    report.figure(
        name,
        "CPU s of load until 90 % of the final rate",
        ServeReport.one(cpuUntil(steps, SHARE * last)),
        "<= 15",
        "<= 8",
        ServeReport.whole(last));
  }

  /** Answers per second of CPU. */
  private static double rate(List<LoadWindow> steps) {
    double answers = steps.stream().mapToDouble(step -> step.answers().count()).sum();
    return answers / steps.stream().mapToDouble(LoadWindow::spent).sum();
  }

  /** Until two steps in a row were fast enough: one alone may be chance. */
  private static double cpuUntil(List<LoadWindow> steps, double wanted) {
    double cpu = 0;
    for (int i = 0; i + 1 < steps.size(); i++) {
      if (rate(steps.subList(i, i + 2)) >= wanted) {
        return cpu;
      }
      cpu += steps.get(i).spent();
    }
    return Double.NaN;
  }
}
