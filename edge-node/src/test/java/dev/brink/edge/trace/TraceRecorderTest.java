package dev.brink.edge.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Reason;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import dev.brink.routing.CascadeFeedback;
import dev.brink.routing.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceRecorderTest {

  private static final Verdict.Escalate HARD = new Verdict.Escalate(Reason.HARD, 0.4, 0.8);
  private static final Verdict.Keep SURE = new Verdict.Keep(Reason.CONFIDENT, false, 0.9, 0.8);

  @TempDir Path folder;

  @Test
  void everyJudgedRequestIsOneLine() throws IOException {
    TraceRecorder recorder = recorder(1 << 20);

    recorder.audits(request(), SURE, edge("a,b"));
    recorder.admits(request(), HARD, edge("a"));
    recorder.compared(request(), HARD, edge("a"), cloud("b"));
    recorder.admits(request(), HARD, edge("a"));
    recorder.unanswered(request(), HARD, edge("a"));
    recorder.flush();

    assertThat(lines())
        .containsExactly(
            TraceLine.HEADER,
            "4997000,intent,0.900000,0,a_b,confident,,103000,3000,0,0",
            "4967000,intent,0.400000,0,a,hard,0,133000,3000,10000,20000",
            "4997000,intent,0.400000,0,a,hard,,103000,3000,0,0");
  }

  @Test
  void aLineReadsAsItWasWritten() throws IOException {
    TraceRecorder recorder = recorder(1 << 20);
    recorder.compared(request(), HARD, edge("a"), cloud("a"));
    recorder.flush();

    TraceLine read = TraceLine.parse(lines().get(1));
    assertThat(read.agree()).contains(true);
    assertThat(read.written()).isEqualTo(lines().get(1) + System.lineSeparator());
    assertThatThrownBy(() -> TraceLine.parse("1,2,3")).hasMessage("no trace: 1,2,3");
  }

  @Test
  void theFileNeverGrowsBeyondItsBoundAndEndsWithAWholeLine() throws IOException {
    for (int restart = 0; restart < 3; restart++) {
      TraceRecorder recorder = recorder(1024);
      for (int i = 0; i < 50; i++) {
        recorder.audits(request(), SURE, edge("ü".repeat(100)));
        recorder.flush();
      }
    }

    assertThat(Files.size(folder.resolve("trace.csv"))).isBetween(800L, 1024L);
    assertThat(Files.readString(folder.resolve("trace.csv"))).endsWith("\n");
    assertThat(lines()).filteredOn(TraceLine.HEADER::equals).hasSize(1);
    lines().stream().skip(1).forEach(TraceLine::parse);
  }

  @Test
  void aLineThatWasCutIsNotContinued() throws IOException {
    for (int start = 0; start < 2; start++) {
      TraceRecorder recorder = recorder(1 << 20);
      recorder.audits(request(), SURE, edge("a"));
      recorder.flush();
      recorder.audits(request(), SURE, edge("a"));
      recorder.flush();
      String text = Files.readString(folder.resolve("trace.csv"));
      Files.writeString(folder.resolve("trace.csv"), text.substring(0, text.length() - 5));
    }
    TraceRecorder recorder = recorder(1 << 20);
    recorder.audits(request(), SURE, edge("a"));
    recorder.flush();

    assertThat(lines()).hasSize(1 + 1 + 1 + 1);
    lines().stream().skip(1).forEach(TraceLine::parse);
  }

  @Test
  void aFileThatIsNoTraceStaysAsItIs() throws IOException {
    for (String text : List.of("somebody's notes", "many\nlines\n")) {
      Files.writeString(folder.resolve("trace.csv"), text);
      TraceRecorder recorder = recorder(1 << 20);

      recorder.audits(request(), SURE, edge("a"));
      recorder.flush();

      assertThat(folder.resolve("trace.csv")).hasContent(text);
    }
  }

  @Test
  void aFileThatCannotBeWrittenCostsNothingButTheTrace() throws IOException {
    Files.createDirectories(folder.resolve("trace.csv"));
    TraceRecorder recorder = recorder(1024);

    assertThat(recorder.audits(request(), SURE, edge("a"))).isFalse();
    recorder.flush();
    assertThat(recorder.admits(request(), HARD, edge("a"))).isTrue();
  }

  private TraceRecorder recorder(long mostBytes) {
    CascadeSettings settings = CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.8);
    return new TraceRecorder(
        CascadeFeedback.NONE,
        request -> Optional.of(settings),
        folder.resolve("trace.csv"),
        mostBytes,
        () -> 0,
        () -> 5_000);
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("trace.csv"));
  }

  private static InferenceRequest request() {
    return new InferenceRequest(
        "intent",
        "",
        "",
        Parameters.none(),
        List.of(),
        List.of(),
        RequestContext.until(new Deadline(100_000_000)));
  }

  private static InferenceResponse edge(String label) {
    return answer(label, new Timings(1_000_000, 2_000_000, 0, 0));
  }

  private static InferenceResponse cloud(String label) {
    return answer(label, new Timings(0, 0, 10_000_000, 20_000_000));
  }

  private static InferenceResponse answer(String label, Timings timings) {
    return new InferenceResponse(
        "intent",
        "1",
        "",
        Parameters.none(),
        List.of(Tensor.ofStrings("label", Shape.of(1, 1), List.of(label))),
        Provenance.local(Route.EDGE, "n", timings));
  }
}
