package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How long a node with the three models takes to its first answer, and the memory it comes to. */
final class StartPart implements ServePart {

  private static final int CLIENTS = 4;
  private static final double LOAD_SECONDS = 8;

  @Override
  public void measure(ServeFixture fixture, Windows windows, ServeReport report)
      throws IOException, OrtException {
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < windows.rounds(); round++) {
      try (ServeProcess node = fixture.smallNode()) {
        seconds.add(fixture.firstAnswerSeconds(node));
        if (round == windows.rounds() - 1) {
          memory(fixture, node, report);
        }
      }
    }
    report.figure(
        "three models",
        "s from exec to the first answer",
        ServeReport.two(ServeCase.median(seconds)),
        "<= 1.9",
        "<= 1.0",
        "");
  }

  private static void memory(ServeFixture fixture, ServeProcess node, ServeReport report)
      throws IOException {
    for (byte[] request : List.of(fixture.binary("medium"), fixture.json("medium"))) {
      try (HttpLoad load = new HttpLoad(node.port(), request, CLIENTS)) {
        load.closed(0, LOAD_SECONDS, () -> 0);
      }
    }
    report.figure(
        "three models",
        "resident MiB after medium load, binary and JSON",
        ServeReport.whole(node.residentMebibytes()),
        "<= 350",
        "<= 200",
        "");
  }
}
