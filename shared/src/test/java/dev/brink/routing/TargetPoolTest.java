package dev.brink.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TargetPoolTest {

  private static final long SECOND = 1_000_000_000L;

  private final ManualTicker ticker = new ManualTicker();
  private final TargetPool pool =
      new TargetPool(TargetPoolSettings.standard(), ticker, new SplittableRandom(1));

  @Test
  void saysThatThereIsNobody() {
    assertThat(select()).isEqualTo(Selection.None.NO_TARGETS);
  }

  @Test
  void prefersTheFasterOfTwo() {
    pool.add("slow");
    pool.add("fast");
    answers("slow", 40, 3);
    answers("fast", 20, 3);

    assertThat(chosen(100)).containsOnly(Map.entry("fast", 100));
  }

  @Test
  void spreadsWorkOverEquals() {
    for (int i = 0; i < 8; i++) {
      pool.add("node-" + i);
      answers("node-" + i, 20, 3);
    }

    assertThat(chosen(8000).values()).allMatch(count -> count > 800 && count < 1200);
  }

  @Test
  void weighsWhatIsUnderWay() {
    pool.add("fast");
    pool.add("slow");
    answers("fast", 10, 3);
    answers("slow", 18, 3);
    pool.start(target("fast"), "intent", 1);

    assertThat(chosen(10)).containsOnlyKeys("slow");
  }

  @Test
  void probesAnUnmeasuredTargetWithOneCallAtATime() {
    pool.add("known");
    answers("known", 10, 3);
    pool.add("new");

    Target first = (Target) select();
    pool.start(first, "intent", 1);

    assertThat(first.name()).isEqualTo("new");
    assertThat(chosen(10)).containsOnlyKeys("known");
  }

  @Test
  void hasRoomForWhatItsHealthyTargetsGrantAndIsNotUnderWay() {
    pool.add("a").report(new LoadReport(0, 0, 0, 1, 10, 1 << 20));
    pool.add("b").report(new LoadReport(0, 0, 0, 1, 5, 1 << 20));
    pool.start(target("a"), "intent", 1);

    assertThat(pool.room()).isEqualTo(14);
    target("b").unreachable();
    assertThat(pool.room()).isEqualTo(9);
  }

  @Test
  void takesAFreshReportOfAQueueIntoAccountAndIgnoresAStaleOne() {
    pool.add("queued");
    pool.add("idle");
    answers("queued", 10, 3);
    answers("idle", 12, 3);
    target("queued").report(new LoadReport(50, 40, 1, 5_000_000, 100, 1 << 20));

    assertThat(chosen(10)).containsOnlyKeys("idle");

    ticker.advance(Duration.ofMillis(1001));
    assertThat(chosen(10)).containsOnlyKeys("queued");
  }

  @Test
  void leavesOutWhoDoesNotHoldTheModel() {
    pool.add("other").holds(Set.of("surface"));
    assertThat(select()).isEqualTo(Selection.None.MODEL_NOT_HELD);
    assertThat(pool.view(LinkState.ONLINE, "intent").mayHoldModel()).isFalse();

    pool.add("right").holds(Set.of("intent"));
    assertThat(chosen(10)).containsOnlyKeys("right");
    assertThat(pool.view(LinkState.ONLINE, "intent").isUsable()).isTrue();
  }

  @Test
  void leavesOutWhoWasAskedAlready() {
    pool.add("one");

    assertThat(pool.select("intent", 1, SECOND, Set.of("one"))).isEqualTo(Selection.None.EXCLUDED);
  }

  @Test
  void leavesOutWhoWouldBeTooLate() {
    pool.add("far");
    answers("far", 80, 5);

    assertThat(pool.select("intent", 1, 50_000_000, Set.of())).isEqualTo(Selection.None.TOO_LATE);
  }

  @Test
  void judgesByWhatIsUnderWayWhetherATargetWouldBeInTime() {
    pool.add("only");
    answers("only", 20, 5);
    assertThat(pool.select("intent", 1, 50_000_000, Set.of())).isInstanceOf(Target.class);

    pool.start(target("only"), "intent", 1);
    pool.start(target("only"), "intent", 1);
    ticker.advance(Duration.ofMillis(11));
    assertThat(pool.select("intent", 1, 50_000_000, Set.of())).isEqualTo(Selection.None.BUSY);
    assertThat(pool.select("intent", 1, 10_000_000, Set.of())).isEqualTo(Selection.None.TOO_LATE);
    assertThat(pool.view(LinkState.ONLINE, "intent").latencyNanos())
        .isBetween(57_000_000L, 64_000_000L);
  }

  @Test
  void aTargetThatRunsManyAtOnceIsNotTakenForAQueue() {
    pool.add("batches");
    for (int round = 0; round < 20; round++) {
      List<Target.Call> calls = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        calls.add(pool.start(target("batches"), "intent", 1));
      }
      ticker.advance(Duration.ofMillis(20));
      calls.forEach(Target.Call::succeeded);
    }
    for (int i = 0; i < 16; i++) {
      pool.start(target("batches"), "intent", 1);
    }

    assertThat(pool.select("intent", 1, 50_000_000, Set.of())).isInstanceOf(Target.class);
  }

  @Test
  void callsBesideOthersMustBeInTimeWithSomethingToSpare() {
    pool.add("only");
    answers("only", 20, 5);
    pool.start(target("only"), "intent", 1);

    assertThat(pool.select("intent", 1, 42_000_000, Set.of())).isEqualTo(Selection.None.BUSY);
    assertThat(pool.select("intent", 1, 50_000_000, Set.of())).isInstanceOf(Target.class);
  }

  @Test
  void aSlowModelDoesNotMakeTheTargetLateForOthers() {
    pool.add("only");
    answers("only", "summary", 5000, 9);
    answers("only", 20, 1);

    assertThat(pool.select("summary", 1, SECOND, Set.of())).isEqualTo(Selection.None.TOO_LATE);
    assertThat(select()).isInstanceOf(Target.class);
    assertThat(pool.view(LinkState.ONLINE, "intent").latencyNanos()).isLessThan(SECOND / 20);
  }

  @Test
  void madeUpNamesDoNotKeepRealOnesFromBeingRemembered() {
    pool.add("only").holds(Set.of("intent"));
    for (int i = 0; i < 5000; i++) {
      pool.view(LinkState.ONLINE, "made-up-" + i);
    }

    assertThat(pool.view(LinkState.ONLINE, "intent"))
        .isSameAs(pool.view(LinkState.ONLINE, "intent"));
    assertThat(pool.view(LinkState.ONLINE, "made-up-1"))
        .isNotSameAs(pool.view(LinkState.ONLINE, "made-up-1"));
  }

  @Test
  void triesASlowTargetAgainAfterAWhile() {
    pool.add("far");
    answers("far", 80, 5);
    ticker.advance(Duration.ofSeconds(10));

    assertThat(pool.select("intent", 1, 50_000_000, Set.of())).isInstanceOf(Target.class);
  }

  @Test
  void leavesOutWhoHasNoCreditLeft() {
    pool.add("busy").report(new LoadReport(1, 0, 1, 1, 1, 1 << 20));
    pool.start(target("busy"), "intent", 10);

    assertThat(select()).isEqualTo(Selection.None.NO_CREDIT);
  }

  @Test
  void leavesOutAFailingTargetUntilItsTrialSucceeds() {
    pool.add("broken");
    for (int i = 0; i < 3; i++) {
      pool.start(target("broken"), "intent", 1).failed();
    }
    assertThat(select()).isEqualTo(Selection.None.UNHEALTHY);

    ticker.advance(Duration.ofSeconds(2));
    Target.Call trial = pool.start((Target) select(), "intent", 1);
    assertThat(select()).isEqualTo(Selection.None.UNHEALTHY);
    assertThat(pool.hedgeDelayNanos(target("broken"))).isZero();
    pool.add("other");
    assertThat(pool.hedgeDelayNanos(target("broken"))).isEqualTo(1);

    trial.succeeded();
    assertThat(select()).isInstanceOf(Target.class);
    assertThat(pool.hedgeDelayNanos(target("broken"))).isNotEqualTo(1);
  }

  @Test
  void leavesOutWhoRefusesForAsLongAsItSaid() {
    pool.add("full");
    pool.start(target("full"), "intent", 1).refused(Duration.ofMillis(300));
    assertThat(select()).isEqualTo(Selection.None.REFUSING);
    assertThat(pool.select("other", 1, SECOND, Set.of())).isInstanceOf(Target.class);

    ticker.advance(Duration.ofMillis(300));
    assertThat(select()).isInstanceOf(Target.class);
  }

  @Test
  void leavesOutWhoIsUnreachableUntilAProbeComesBack() {
    pool.add("lost").unreachable();
    assertThat(select()).isEqualTo(Selection.None.UNHEALTHY);

    target("lost").pinged(1_000_000);
    assertThat(select()).isInstanceOf(Target.class);
  }

  @Test
  void ejectsTheOneThatIsSlowRatherThanDead() {
    for (String name : new String[] {"a", "b", "gray"}) {
      pool.add(name);
      answers(name, name.equals("gray") ? 400 : 20, 10);
    }
    ticker.advance(Duration.ofMillis(60));
    pool.start(target("a"), "intent", 1).succeeded();

    assertThat(verdict("gray")).isEqualTo("ejected");
    assertThat(chosen(50)).doesNotContainKey("gray");
  }

  @Test
  void aHedgeThatLostStillTellsThatItsTargetWasSlow() {
    pool.add("gray");
    answers("gray", 10, 5);
    for (int i = 0; i < 10; i++) {
      Target.Call call = pool.start(target("gray"), "intent", 1);
      ticker.advance(Duration.ofMillis(200));
      call.cancelled();
    }

    assertThat(target("gray").typicalNanos(ticker.nanos())).isGreaterThan(180_000_000);
  }

  @Test
  void countsOnlyTheFirstOutcomeOfACall() {
    pool.add("one");
    Target.Call call = pool.start(target("one"), "intent", 1);
    call.succeeded();
    call.cancelled();
    call.failed();

    assertThat(target("one").inFlight()).isZero();
  }

  @Test
  void hedgesAfterWhatIsSlowForThePoolWhenTheTargetItselfIsSlow() {
    pool.add("a");
    pool.add("gray");
    answers("a", 20, 20);
    answers("gray", 300, 20);

    assertThat(pool.hedgeDelayNanos(target("gray"))).isBetween(20_000_000L, 24_000_000L);
  }

  @Test
  void hedgesAtMostOneCallInTwenty() {
    pool.add("a");
    pool.add("b");
    int hedged = 0;
    for (int i = 0; i < 2000; i++) {
      pool.start(target("a"), "intent", 1).succeeded();
      hedged += pool.mayHedge() ? 1 : 0;
    }

    assertThat(hedged).isBetween(100, 110);
  }

  @Test
  void seesTheBestOfItsTargets() {
    pool.add("far");
    pool.add("near");
    answers("far", 80, 5);
    answers("near", 20, 5);

    assertThat(pool.view(LinkState.ONLINE, "intent").latencyNanos())
        .isBetween(19_000_000L, 22_000_000L);
  }

  private void answers(String name, int millis, int times) {
    answers(name, "intent", millis, times);
  }

  private void answers(String name, String model, int millis, int times) {
    for (int i = 0; i < times; i++) {
      Target.Call call = pool.start(target(name), model, 1);
      ticker.advance(Duration.ofMillis(millis));
      call.succeeded();
    }
  }

  private Target target(String name) {
    return pool.target(name).orElseThrow();
  }

  private Selection select() {
    return pool.select("intent", 1, SECOND, Set.of());
  }

  private String verdict(String name) {
    return pool.candidates("intent", 1, SECOND, Set.of()).stream()
        .filter(candidate -> candidate.target().equals(name))
        .findFirst()
        .orElseThrow()
        .verdict();
  }

  private Map<String, Integer> chosen(int times) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < times; i++) {
      counts.merge(((Target) select()).name(), 1, Integer::sum);
    }
    return counts;
  }
}
