package dev.brink.edge.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainPaceTest {

  private static final String MODEL = "intent";
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long START = 1_000 * MS;
  private static final long LATER = START + 60_000 * MS;

  private final DrainPace pace =
      new DrainPace(8, Duration.ofSeconds(3), new SplittableRandom(1), START);

  @Test
  void sitesStartAtDifferentTimesWithinTheJitter() {
    long[] starts = new long[100];
    for (int site = 0; site < starts.length; site++) {
      starts[site] = firstPermit(new SplittableRandom(site));
    }

    assertThat(Arrays.stream(starts).max().orElseThrow()).isLessThanOrEqualTo(3_000);
    assertThat(Arrays.stream(starts).filter(start -> start < 1_500).count()).isBetween(30L, 70L);
  }

  private static long firstPermit(SplittableRandom random) {
    DrainPace site = new DrainPace(8, Duration.ofSeconds(3), random, START);
    site.linkUp(START);
    long waited = 0;
    while (site.permits(0, START + waited * MS) == 0) {
      waited++;
    }
    return waited;
  }

  @Test
  void theWindowGrowsToTheLimitWhileAnswersAreFast() {
    answeredFast(20);

    assertThat(pace.permits(0, LATER)).isEqualTo(8);
    assertThat(pace.permits(5, LATER)).isEqualTo(3);
  }

  @Test
  void severalJobsInARowThatWaitedAtTheCloudShrinkItOnceARoundTrip() {
    answeredFast(20);

    waited(2, LATER);
    assertThat(pace.window()).isEqualTo(8);
    waited(3, LATER + 100 * MS);

    assertThat(pace.window()).isEqualTo(4);
  }

  /** Jobs of 10 ms of work that waited half as long again, and come back one after the other. */
  private void waited(int times, long now) {
    for (int i = 0; i < times; i++) {
      pace.answered(MODEL, 15 * MS, 5 * MS, now + i * MS);
    }
  }

  @Test
  void oneJobThatWaitedIsAnAccident() {
    answeredFast(20);
    pace.pushedBack(Duration.ZERO, LATER);
    double before = pace.window();

    for (int i = 1; i <= 20; i++) {
      pace.answered(MODEL, 40 * MS, 30 * MS, LATER + i * 200 * MS);
      pace.answered(MODEL, 10 * MS, 1, LATER + i * 200 * MS + 100 * MS);
    }

    assertThat(pace.window()).isGreaterThan(before);
  }

  @Test
  void whileItDoublesOneJobThatWaitedLongerThanItsWayIsEnough() {
    pace.answered(MODEL, 10 * MS, 1, START);
    pace.answered(MODEL, 10 * MS, 1, START + 100 * MS);
    double before = pace.window();

    pace.answered(MODEL, 40 * MS, 30 * MS, START + 200 * MS);

    assertThat(pace.window()).isEqualTo(before / 2);
  }

  @Test
  void aServerThatDoesNotSayIsJudgedByHowMuchLongerThanItsFastestItTakes() {
    answeredFast(20);

    for (int i = 0; i < 12; i++) {
      pace.answered(MODEL, 25 * MS, 0, LATER + i * 100 * MS);
    }

    assertThat(pace.window()).isLessThan(8);
  }

  @Test
  void aSlowModelIsNotAFullCloudToAFastOne() {
    answeredFast(20);

    for (int i = 0; i < 20; i++) {
      pace.answered("slow", 900 * MS, 100 * MS, LATER + 2 * i * 1_000 * MS);
      pace.answered(MODEL, 10 * MS, 1, LATER + (2 * i + 1) * 1_000 * MS);
    }

    assertThat(pace.window()).isEqualTo(8);
  }

  /** All that a machine does is ten times as slow there, waiting and working alike. */
  @Test
  void aStarvedMachineIsNotAFullCloud() {
    answeredFast(20);
    SplittableRandom random = new SplittableRandom(3);
    long now = LATER;

    for (int i = 0; i < 500; i++) {
      long queue = random.nextInt(4) == 0 ? random.nextLong(60 * MS) : 1;
      pace.answered(MODEL, queue + 60 * MS + random.nextLong(80 * MS), queue, now += 20 * MS);
    }

    assertThat(pace.window()).isGreaterThan(4);
  }

  private void answeredFast(int times) {
    for (int i = 0; i < times; i++) {
      pace.answered(MODEL, 10 * MS, 1, START + i * MS);
    }
  }

  @Test
  void aSlowModelIsNotKeptWaitingWhileItsRateIsUnknown() {
    long now = START;
    for (int i = 0; i < 6; i++) {
      pace.answered(MODEL, 1_000 * MS, 0, now);
      assertThat(pace.permits(0, now + 750 * MS)).isPositive();
      now += 1_750 * MS;
    }

    assertThat(pace.window()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void oneAnswerThatTookLongDoesNotSilenceTheSite() {
    pace.answered(MODEL, 10 * MS, 0, START);
    for (int i = 1; i <= 6; i++) {
      pace.pushedBack(Duration.ZERO, START + i * 10_000 * MS);
    }

    pace.answered(MODEL, 10_000 * MS, 0, LATER + 60_000 * MS);

    assertThat(pace.permits(0, LATER + 75_000 * MS)).isEqualTo(1);
  }

  @Test
  void jobsThatFailTogetherShrinkItOnce() {
    answeredFast(20);

    for (int i = 0; i < 8; i++) {
      pace.pushedBack(Duration.ZERO, LATER + i);
    }

    assertThat(pace.window()).isEqualTo(4);
  }

  @Test
  void afterACutASmallWindowGrowsAsFastAsALargeOne() {
    DrainPace small = new DrainPace(8, Duration.ZERO, new SplittableRandom(1), START);
    small.answered(MODEL, 10 * MS, 0, START);
    small.pushedBack(Duration.ZERO, START + 1_000 * MS);
    DrainPace large = new DrainPace(8, Duration.ZERO, new SplittableRandom(1), START);
    for (int i = 0; i < 5; i++) {
      large.answered(MODEL, 10 * MS, 0, START);
    }
    large.pushedBack(Duration.ZERO, START + 1_000 * MS);
    double ratio = large.window() / small.window();

    small.answered(MODEL, 10 * MS, 1, START + 5_000 * MS);
    large.answered(MODEL, 10 * MS, 1, START + 5_000 * MS);

    assertThat(large.window() / small.window()).isLessThan(ratio / 2);
  }

  @Test
  void aPushBackIsObeyedAtLeastByHalfOfWhatItAsksAndWithJitter() {
    pace.pushedBack(Duration.ofSeconds(10), START);

    assertThat(pace.permits(0, START + 4_999 * MS)).isZero();
    assertThat(pace.permits(0, START + 15_001 * MS)).isEqualTo(1);
  }

  @Test
  void belowOneItWaitsBetweenJobs() {
    pace.answered(MODEL, 10 * MS, 0, START);
    for (int i = 1; i <= 6; i++) {
      pace.pushedBack(Duration.ZERO, START + i * 10_000 * MS);
    }
    long now = START + 100_000 * MS;

    pace.answered(MODEL, 10 * MS, 0, now);

    assertThat(pace.window()).isLessThan(0.2);
    assertThat(pace.permits(0, now + 10 * MS)).isZero();
    assertThat(pace.permits(0, now + 20_000 * MS)).isEqualTo(1);
  }
}
