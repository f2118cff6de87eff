package dev.brink.edge.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import dev.brink.routing.Calibration;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingBenchTest {

  private static final Path MODELS = Path.of("../models");
  private static final CascadeSettings UNTOLD =
      CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.72).withUnknownLabels("150");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"link-cut-60s", "one-node-gray"})
  void brinkStaysNearHindsightAndOracle(String name) throws Exception {
    RoutingBench.Result result = bench(42).run(scenario(name).lasting(60));

    assertThat(result.againstBestStatic()).isGreaterThan(-0.01);
    assertThat(result.againstOracle()).isGreaterThan(-0.05);
    assertThat(result.brinkScore().deadlineMet()).isGreaterThan(0.999);
    assertThat(result.swing().isOscillation()).isFalse();
  }

  @Test
  void toldWhatACallCostsItIsAsGoodAsHindsight() throws Exception {
    Scenario scenario = scenario("cloud-10x-slower").lasting(70);
    RoutingBench.Result result =
        new RoutingBench(traces(), calibration(), UNTOLD.withCallCost(0.05), 5, 0.8, 0.9, 0.95)
            .run(scenario);

    assertThat(result.againstBestStatic()).isGreaterThan(0);
    assertThat(result.swing().isOscillation()).isFalse();
  }

  @Test
  void neverCallsMoreThanTheBudgetPaysFor() throws Exception {
    Scenario scenario = scenario("budget-at-half").lasting(30);
    RoutingBench.Result result = bench(1).run(scenario);
    double calls = result.brinkScore().cloudCalls() * result.brinkScore().requests();

    assertThat(calls).isLessThanOrEqualTo(scenario.budget() * (scenario.seconds() + 5));
    assertThat(result.brinkScore().agreement())
        .isGreaterThan(result.scores().get("brink-first-come").agreement());
  }

  @Test
  void theSameSeedGivesTheSameScores() throws Exception {
    Scenario scenario = scenario("half-the-nodes-gone").lasting(10);

    assertThat(bench(7).run(scenario).scores()).isEqualTo(bench(7).run(scenario).scores());
  }

  @Test
  void writesTheTableAndThePlots() throws Exception {
    Path json = folder.resolve("routing.json");
    StringWriter printed = new StringWriter();
    bench(3).run("steady", new PrintWriter(printed), Optional.of(json), Optional.of(folder));

    assertThat(printed.toString()).contains("steady", "brink", "oracle", "overall");
    assertThat(json).content().contains("\"cloud_calls\"", "\"oracle\"");
    assertThat(folder.resolve("steady.svg")).content().startsWith("<svg").endsWith("</svg>\n");
  }

  @Test
  void namesTheLineThatIsNoTrace() throws IOException {
    Path file = folder.resolve("traces.csv.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("head\n0.5,0.1,x\n".getBytes(StandardCharsets.US_ASCII));
    }

    assertThatThrownBy(() -> Traces.read(file)).hasMessage("no trace: 0.5,0.1,x");
  }

  private static Scenario scenario(String name) {
    return Scenario.all().stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static RoutingBench bench(long seed) throws IOException {
    CascadeSettings settings = UNTOLD.withObjective(0.99, Duration.ZERO, 0);
    return new RoutingBench(traces(), calibration(), settings, seed, 0.8, 0.9);
  }

  private static Traces traces() throws IOException {
    return Traces.read(MODELS.resolve("samples/intent_traces.csv.gz"));
  }

  private static Calibration calibration() throws IOException {
    return Calibration.parse(
        Files.readString(MODELS.resolve("edge/intent/1/calibration.json")), Signal.MAX_PROBABILITY);
  }
}
