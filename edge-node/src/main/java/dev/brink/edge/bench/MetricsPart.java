package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;

/** What metrics and log cost as they are shipped, beside a node without. */
final class MetricsPart implements ServePart {

  private static final int CLIENTS = 16;

  @Override
  public void measure(ServeFixture fixture, Windows windows, ServeReport report)
      throws IOException, OrtException {
    try (ServeProcess shipped = fixture.node();
        ServeProcess silent = fixture.node("management.metrics=false", "log.level=error")) {
      ServeCase with = tiny(fixture, shipped, "metrics and log as shipped");
      ServeCase without = tiny(fixture, silent, "without");
      windows.run(List.of(with, without));
      report.ratio(with, "CPU, shipped / without", with.cpuOver(without), "<= 1.10", "<= 1.03");
    }
  }

  private static ServeCase tiny(ServeFixture fixture, Server node, String name) {
    return ServeCase.http(name, node, fixture.bare("tiny"), fixture.binary("tiny-alone"), CLIENTS);
  }
}
