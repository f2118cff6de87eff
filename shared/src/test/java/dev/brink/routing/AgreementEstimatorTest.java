package dev.brink.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.brink.model.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgreementEstimatorTest {

  private static final Path TRACES = Path.of("../models/samples/intent_traces.csv.gz");
  private static final Path CALIBRATION = Path.of("../models/edge/intent/1/calibration.json");
  private static final AgreementEstimator.Settings SETTINGS =
      AgreementEstimator.Settings.standard();

  private static final int WINDOW = 20_000;
  private static final int SEEDS = 8;

  private record Trace(double confidence, boolean unknown, boolean agree, boolean outOfScope) {}

  /**
   * Shares of a stretch of traffic.
   *
   * @param worst agreement of so many in a row as {@link #WINDOW} says
   */
  private record Stretch(double agreement, double forwarded, double audited, double worst) {}

  @Test
  void escalatesNearlyEverythingWhileNothingIsKnown() {
    AgreementEstimator estimator = AgreementEstimator.from(Calibration.none(), SETTINGS);

    assertThat(estimator.view(0.98).threshold()).isGreaterThan(0.99);
  }

  @Test
  void keepsEverythingWhereNothingEverDisagrees() {
    AgreementEstimator estimator = AgreementEstimator.from(Calibration.none(), SETTINGS);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 20_000; i++) {
      double confidence = random.nextDouble();
      estimator.seen(confidence, false, true);
      estimator.compared(confidence, false, true);
    }

    assertThat(estimator.view(0.98).threshold()).isZero();
  }

  @Test
  void neverTakesAMoreConfidentAnswerForMoreProbablyWrong() {
    AgreementEstimator estimator = AgreementEstimator.from(Calibration.none(), SETTINGS);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2_000; i++) {
      estimator.compared(random.nextDouble(), false, random.nextBoolean());
    }
    AgreementView view = estimator.view(0.98);

    for (double s = 0.01; s <= 1; s += 0.01) {
      assertThat(view.wrong(s, false)).isLessThan(view.wrong(s - 0.01, false));
    }
  }

  @Test
  void auditsTheShareOfTrafficItMay() {
    AgreementEstimator estimator = AgreementEstimator.from(Calibration.none(), SETTINGS);
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 20_000; i++) {
      double confidence = random.nextDouble();
      estimator.seen(confidence, false, true);
      estimator.compared(confidence, false, random.nextDouble() > 0.05);
    }
    AgreementView view = estimator.view(0.90);
    double audited = 0;
    for (int i = 0; i < 100_000; i++) {
      audited += view.auditProbability(random.nextDouble());
    }

    assertThat(audited / 100_000).isCloseTo(0.02, within(0.002));
  }

  @Test
  void findsThePriceThatLeavesAShare() {
    AgreementEstimator estimator = AgreementEstimator.from(Calibration.none(), SETTINGS);
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 50_000; i++) {
      double confidence = random.nextDouble();
      estimator.seen(confidence, false, true);
      estimator.compared(confidence, false, random.nextDouble() < confidence);
    }
    AgreementView view = estimator.view(0.99);

    assertThat(view.escalated(view.priceFor(0.2))).isCloseTo(0.2, within(0.02));
    assertThat(view.priceFor(1)).isZero();
  }

  @Test
  void keepsTheObjectiveOnTheIntentPairAtAFewMoreEscalationsThanHindsight() throws Exception {
    assumeThat(TRACES).exists();
    AgreementEstimator estimator = calibrated();
    Stretch steady = replay(estimator, 0.98, 0.05, 60_000, 42);
    Stretch shifted = replay(estimator, 0.98, 0.40, 20_000, 42);
    Stretch settled = replay(estimator, 0.98, 0.40, 40_000, 42);

    assertThat(steady.agreement()).isGreaterThan(0.98);
    assertThat(steady.forwarded()).isLessThan(1.2 * hindsight(0.98, 0.05));
    assertThat(steady.audited()).isLessThan(0.025);
    assertThat(shifted.agreement()).isGreaterThan(0.975);
    assertThat(settled.agreement()).isGreaterThan(0.98);
    assertThat(settled.forwarded()).isLessThan(1.2 * hindsight(0.98, 0.40));
  }

  /** The table of docs/routing.md, printed as it stands there. */
  @ParameterizedTest
  @CsvSource({"0.98, 0.05", "0.98, 0.40", "0.99, 0.05", "0.99, 0.40"})
  void keepsTheObjectiveWhateverTheSeed(double objective, double outOfScope) throws Exception {
    assumeThat(TRACES).exists();
    List<Stretch> seeds = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      seeds.add(replay(calibrated(), objective, outOfScope, 60_000, seed));
    }
    double forwarded = seeds.stream().mapToDouble(Stretch::forwarded).average().orElseThrow();
    double ratio = forwarded / hindsight(objective, outOfScope);
    DoubleSummaryStatistics agreement =
        seeds.stream().mapToDouble(Stretch::agreement).summaryStatistics();
    double worst = seeds.stream().mapToDouble(Stretch::worst).min().orElseThrow();
    System.out.printf(
        Locale.ROOT,
        "| %.2f | %.0f %% | %.1f %%, × %.2f | %.3f, %.3f | %.3f |%n",
        objective,
        100 * outOfScope,
        100 * forwarded,
        ratio,
        agreement.getAverage(),
        agreement.getMin(),
        worst);

    assertThat(ratio).isLessThan(1.2);
    assertThat(agreement.getMin()).isGreaterThan(objective);
    assertThat(worst).isGreaterThan(objective - 0.005);
  }

  @Test
  void namesWhatIsWrongWithACalibration() {
    assertThatThrownBy(() -> Calibration.parse("[", Signal.MARGIN))
        .hasMessageStartingWith("no JSON");
    assertThatThrownBy(() -> Calibration.parse("{\"columns\": [\"agree\"]}", Signal.MARGIN))
        .hasMessage("columns: margin is missing");
    assertThatThrownBy(
            () ->
                Calibration.parse(
                    "{\"columns\":[\"margin\",\"agree\",\"edge_is_unknown\"],"
                        + "\"examples\":[[0.5,\"x\",0]]}",
                    Signal.MARGIN))
        .hasMessage("examples: [0.5,\"x\",0] (expected: numbers)");
  }

  private static AgreementEstimator calibrated() throws IOException {
    Calibration calibration =
        Calibration.parse(Files.readString(CALIBRATION), Signal.MAX_PROBABILITY);
    return AgreementEstimator.from(calibration, SETTINGS);
  }

  private static Stretch replay(
      AgreementEstimator estimator, double objective, double outOfScope, int requests, long seed)
      throws IOException {
    List<Trace> traces = traces();
    SplittableRandom random = new SplittableRandom(seed);
    AgreementView view = estimator.view(objective);
    int[] agreed = new int[requests + 1];
    int forwarded = 0;
    int audited = 0;
    for (int i = 0; i < requests; i++) {
      Trace trace = draw(traces, outOfScope, random);
      estimator.seen(trace.confidence(), trace.unknown(), true);
      boolean escalated = trace.unknown() || trace.confidence() < view.threshold();
      boolean audit = !escalated && random.nextDouble() < view.auditProbability(trace.confidence());
      if (escalated || audit) {
        estimator.compared(trace.confidence(), trace.unknown(), trace.agree());
      }
      agreed[i + 1] = agreed[i] + (escalated || trace.agree() ? 1 : 0);
      forwarded += escalated ? 1 : 0;
      audited += audit ? 1 : 0;
      view = i % 100 == 99 ? estimator.view(objective) : view;
    }
    double all = requests;
    return new Stretch(agreed[requests] / all, forwarded / all, audited / all, worst(agreed));
  }

  private static double worst(int[] agreed) {
    int worst = WINDOW;
    for (int end = WINDOW; end < agreed.length; end++) {
      worst = Math.min(worst, agreed[end] - agreed[end - WINDOW]);
    }
    return (double) worst / WINDOW;
  }

  private static Trace draw(List<Trace> traces, double outOfScope, SplittableRandom random) {
    boolean wanted = random.nextDouble() < outOfScope;
    Trace trace;
    do {
      trace = traces.get(random.nextInt(traces.size()));
    } while (trace.outOfScope() != wanted);
    return trace;
  }

  /** What the best threshold forwards when everything is known. */
  private static double hindsight(double objective, double outOfScope) throws IOException {
    List<Trace> traces = traces();
    double outside = traces.stream().filter(Trace::outOfScope).count();
    double inside = traces.size() - outside;
    for (double threshold = 0; threshold <= 1; threshold += 0.001) {
      double forwarded = 0;
      double disagreed = 0;
      for (Trace trace : traces) {
        double weight = trace.outOfScope() ? outOfScope / outside : (1 - outOfScope) / inside;
        boolean escalated = trace.unknown() || trace.confidence() < threshold;
        forwarded += escalated ? weight : 0;
        disagreed += escalated || trace.agree() ? 0 : weight;
      }
      if (disagreed <= 1 - objective) {
        return forwarded;
      }
    }
    return 1;
  }

  private static List<Trace> traces() throws IOException {
    List<Trace> traces = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(TRACES))))) {
      lines
          .lines()
          .skip(1)
          .map(line -> line.split(","))
          .forEach(
              field ->
                  traces.add(
                      new Trace(
                          Double.parseDouble(field[0]),
                          field[3].equals("150"),
                          field[3].equals(field[4]),
                          field[6].equals("1"))));
    }
    return traces;
  }
}
