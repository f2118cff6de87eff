package dev.brink.edge.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.edge.trace.TraceLine;
import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import dev.brink.routing.Calibration;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {

  @TempDir Path folder;

  @Test
  void whatTheCloudWasNotAskedGetsTheOutcomeOfWhatIsAsSure() throws IOException {
    Recording recording = Recording.read(recorded(6_000), "intent", 1);

    assertThat(recording.requests()).hasSize(6_000);
    assertThat(recording.roundTripMillis()).isEqualTo(20);
    assertThat(disagreeing(recording, 0.8, 1)).isBetween(0.05, 0.15);
    assertThat(disagreeing(recording, 0.4, 0.6)).isBetween(0.44, 0.56);
  }

  @Test
  void aRecordingIsReplayedWithEveryPolicy() throws IOException {
    StringWriter printed = new StringWriter();
    CascadeSettings settings =
        CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.8).withCallCost(0.05);
    RoutingBench.ofRecording(recorded(2_000), "", Calibration.none(), settings, 1)
        .run("", new PrintWriter(printed), Optional.empty(), Optional.empty());

    assertThat(printed.toString())
        .contains("recorded", "brink", "oracle", "static-0.90", "not judged, too short");
  }

  @Test
  void aFileThatIsNoTraceOrIsNotThereIsNamed() throws IOException {
    Path binary = Files.write(folder.resolve("trace.csv"), new byte[] {(byte) 0xff, 10});

    assertThatThrownBy(() -> Recording.read(binary, "m", 1)).hasMessage("no trace: " + binary);
    Path absent = folder.resolve("absent.csv");
    assertThatThrownBy(() -> Recording.read(absent, "m", 1)).hasMessage("no such file: " + absent);
  }

  @Test
  void aFileWithoutACloudsAnswerSaysNothing() throws IOException {
    Path file = folder.resolve("trace.csv");
    Files.writeString(file, TraceLine.HEADER + "\n1,m,0.5,0,a,confident,,1,1,0,0\n");

    assertThatThrownBy(() -> Recording.read(file, "m", 1)).hasMessageContaining("no answer");
    assertThatThrownBy(() -> Recording.read(file, "other", 1)).hasMessageContaining("no answer");
  }

  @Test
  void aLineThatWasCutIsLeftOut() throws IOException {
    Path file = recorded(50);
    int whole = Recording.read(file, "intent", 1).requests().size();
    String text = Files.readString(file);

    Files.writeString(file, text + "125000,intent,0.5");
    assertThat(Recording.read(file, "intent", 1).requests()).hasSize(whole);

    Files.writeString(file, text.substring(0, text.length() - 1));
    assertThat(Recording.read(file, "intent", 1).requests()).hasSize(whole - 1);
  }

  /** Of uniform confidence, right as often as that says; a fifth was compared. */
  private Path recorded(int requests) throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder lines = new StringBuilder(TraceLine.HEADER + "\n");
    for (int i = 0; i < requests; i++) {
      double confidence = random.nextDouble();
      String agree = random.nextDouble() < confidence ? "1" : "0";
      boolean asked = random.nextInt(5) == 0;
      lines.append(
          String.format(
              Locale.ROOT,
              "%d,intent,%.4f,0,a,hard,%s,200000,100,%d,%d%n",
              i * 2_500L,
              confidence,
              asked ? agree : "",
              asked ? 20_000 : 0,
              asked ? 5_000 : 0));
    }
    return Files.writeString(folder.resolve("trace.csv"), lines);
  }

  private static double disagreeing(Recording recording, double from, double to) {
    return recording.requests().stream()
        .map(request -> request.arrival().trace())
        .filter(trace -> trace.confidence() >= from && trace.confidence() < to)
        .mapToInt(trace -> trace.agrees() ? 0 : 1)
        .average()
        .orElseThrow();
  }
}
