package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Cancellation;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.BatchingSettings;
import dev.brink.resilience.ManualTicker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchQueueTest {

  private static final long MILLI = 1_000_000L;

  private final ManualTicker ticker = new ManualTicker();
  private final LatencyProfile profile = new LatencyProfile(64);

  private BatchQueue queue(BatchingSettings settings) {
    return new BatchQueue(settings, profile, true);
  }

  private PendingRequest request(int rows, int priority, long millisLeft) {
    return request(rows, 2, priority, millisLeft, Parameters.none());
  }

  private PendingRequest request(
      int rows, int width, int priority, long millisLeft, Parameters parameters) {
    Tensor input = Tensor.ofFloats("x", Shape.of(rows, width), new float[rows * width]);
    RequestContext context =
        new RequestContext(
            new Deadline(ticker.nanos() + millisLeft * MILLI),
            priority,
            "",
            "",
            "",
            new Cancellation());
    InferenceRequest request =
        new InferenceRequest("m", "", "", parameters, List.of(input), List.of(), context);
    return new PendingRequest(
        request, new Tensor[] {input}, new int[] {0}, rows, priority, ticker.nanos());
  }

  private void offer(BatchQueue queue, PendingRequest... requests) {
    for (PendingRequest request : requests) {
      assertThat(queue.offer(request, 1, ticker.nanos())).isEmpty();
    }
  }

  @Test
  void whatWaitsSharesARunUpToItsLargestSize() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxSize(4).withoutLearning());
    PendingRequest[] waiting = {
      request(1, 5, 100), request(2, 5, 200), request(1, 5, 300), request(1, 5, 400)
    };
    offer(queue, waiting);

    assertThat(queue.poll(ticker.nanos())).containsExactly(waiting[0], waiting[1], waiting[2]);
    assertThat(queue.poll(ticker.nanos())).containsExactly(waiting[3]);
    assertThat(queue.poll(ticker.nanos())).isEmpty();
  }

  @Test
  void higherPriorityRunsFirstAndTheEarlierDeadlineWithinIt() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxSize(1));
    PendingRequest late = request(1, 5, 900);
    PendingRequest soon = request(1, 5, 100);
    PendingRequest urgent = request(1, 1, 5000);
    offer(queue, late, soon, urgent);

    assertThat(queue.poll(ticker.nanos())).containsExactly(urgent);
    assertThat(queue.poll(ticker.nanos())).containsExactly(soon);
    assertThat(queue.poll(ticker.nanos())).containsExactly(late);
  }

  @Test
  void onlyEqualShapesAndParametersShareARun() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withoutLearning());
    PendingRequest narrow = request(1, 2, 5, 100, Parameters.none());
    PendingRequest wide = request(1, 3, 5, 200, Parameters.none());
    PendingRequest other = request(1, 2, 5, 300, Parameters.of(Map.of("temperature", 1)));
    PendingRequest scheduled = request(1, 2, 5, 400, Parameters.of(Map.of("timeout", 7)));
    offer(queue, narrow, wide, other, scheduled);

    assertThat(queue.poll(ticker.nanos())).containsExactly(narrow, scheduled);
    assertThat(queue.poll(ticker.nanos())).containsExactly(wide);
    assertThat(queue.poll(ticker.nanos())).containsExactly(other);
  }

  @Test
  void theOldestDeadlineLimitsTheSizeOfTheRun() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxSize(8).withoutLearning());
    for (int i = 0; i < 8; i++) {
      offer(queue, request(1, 5, 20 + i));
    }
    profile.measured(1, 10 * MILLI);
    profile.measured(2, 11 * MILLI);
    profile.measured(4, 12 * MILLI);
    profile.measured(8, 40 * MILLI);

    assertThat(queue.poll(ticker.nanos()).size()).isBetween(4, 5);
  }

  @Test
  void aRunIsNoLongerThanTheTimeOfAnyInIt() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxSize(8).withoutLearning());
    PendingRequest urgentButPatient = request(4, 1, 10_000);
    PendingRequest hasty = request(1, 5, 15);
    PendingRequest patient = request(4, 9, 10_000);
    offer(queue, urgentButPatient, hasty, patient);
    profile.measured(1, 10 * MILLI);
    profile.measured(4, 20 * MILLI);
    profile.measured(8, 30 * MILLI);

    assertThat(queue.poll(ticker.nanos())).containsExactly(urgentButPatient, patient);
    assertThat(queue.poll(ticker.nanos())).containsExactly(hasty);
  }

  @Test
  void whoWaitsAloneIsNotGivenUpForAModelThatWasSlow() {
    profile.measured(1, 250 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    PendingRequest hasty = request(1, 5, 100);
    offer(queue, hasty);

    queue.removeGone(ticker.nanos());

    assertThat(queue.takeExpired()).isEmpty();
    assertThat(queue.poll(ticker.nanos())).containsExactly(hasty);
  }

  @Test
  void waitingForAWorkerCounts() {
    profile.measured(1, 10 * MILLI);
    profile.measured(2, 20 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    offer(queue, request(1, 5, 1000), request(1, 5, 1000));
    assertThat(queue.waitNanos(5, 1)).isEqualTo(20 * MILLI);

    for (int i = 0; i < 100; i++) {
      queue.waitedForWorker(10 * MILLI);
    }

    assertThat(queue.waitNanos(5, 1)).isBetween(39 * MILLI, 40 * MILLI);
    PendingRequest late = request(1, 9, 45);
    assertThat(queue.offer(late, 1, ticker.nanos())).contains(late);
  }

  @Test
  void runsThatDoNotPayAreNotMade() {
    profile.measured(1, 10 * MILLI);
    profile.measured(2, 20 * MILLI);
    profile.measured(4, 41 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    offer(queue, request(1, 5, 1000), request(1, 5, 1000));

    assertThat(queue.poll(ticker.nanos())).hasSize(1);
  }

  @Test
  void aFullQueueRefusesAtOnceAndTheLeastImportantFirst() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(2));
    PendingRequest low = request(1, 9, 100);
    offer(queue, low, request(1, 5, 100));
    PendingRequest equal = request(1, 9, 50);
    PendingRequest high = request(1, 1, 100);

    assertThat(queue.offer(equal, 1, ticker.nanos())).contains(equal);
    assertThat(queue.offer(high, 1, ticker.nanos())).contains(low);
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  void thoseWhoseTimeIsUpLeaveBeforeTheyCostAnything() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(2));
    PendingRequest expiring = request(1, 5, 10);
    PendingRequest patient = request(1, 5, 1000);
    offer(queue, expiring, patient);

    ticker.advance(Duration.ofMillis(11));

    assertThat(queue.poll(ticker.nanos())).containsExactly(patient);
    assertThat(queue.takeExpired()).containsExactly(expiring);
  }

  @Test
  void oneWhoWaitsAloneIsTriedHoweverSlowTheModelIsSaidToBe() {
    profile.measured(1, 250 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    PendingRequest alone = request(1, 5, 100);
    offer(queue, alone);

    assertThat(queue.poll(ticker.nanos())).containsExactly(alone);
    assertThat(queue.takeExpired()).isEmpty();
  }

  @Test
  void thoseWhoseTimeIsUpMakeRoomInAFullQueue() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(1));
    offer(queue, request(1, 1, 10));

    ticker.advance(Duration.ofMillis(11));

    assertThat(queue.offer(request(1, 5, 10), 1, ticker.nanos())).isEmpty();
  }

  @Test
  void nobodyWaitsForCompanyUnlessTold() {
    BatchQueue eager = queue(BatchingSettings.DEFAULT);
    BatchQueue gathering =
        queue(BatchingSettings.DEFAULT.withMaxDelay(Duration.ofMillis(5)).withoutLearning());
    offer(eager, request(1, 5, 1000));
    offer(gathering, request(1, 5, 1000));

    assertThat(eager.gatherNanos(ticker.nanos())).isZero();
    assertThat(gathering.gatherNanos(ticker.nanos())).isEqualTo(5 * MILLI);
    ticker.advance(Duration.ofMillis(5));
    assertThat(gathering.gatherNanos(ticker.nanos())).isZero();
  }

  @Test
  void thoseWhoseCallersHaveGoneAreNotRun() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    PendingRequest gone = request(1, 5, 1000);
    PendingRequest waiting = request(1, 5, 2000);
    offer(queue, gone, waiting);

    gone.fail(new InferenceError.Cancelled("cancelled by the caller"));

    assertThat(queue.poll(ticker.nanos())).containsExactly(waiting);
    assertThat(queue.takeExpired()).isEmpty();
  }

  private void offerUntilRefused(BatchQueue queue, int count, int priority, long millisLeft) {
    for (int i = 0; i < count; i++) {
      queue.offer(request(1, priority, millisLeft), 1, ticker.nanos());
    }
  }

  @Test
  void aFullQueueRefusesUnreadOnlyWhenEnoughHasBeenRead() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(2));

    offerUntilRefused(queue, 63, 5, 1000);
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isFalse();
    offerUntilRefused(queue, 1, 5, 1000);
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isTrue();

    queue.poll(ticker.nanos());
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isFalse();
  }

  @Test
  void whatMayBeMoreImportantThanWhatWaitsIsRead() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(2));
    offerUntilRefused(queue, 64, 5, 1000);
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isTrue();

    offerUntilRefused(queue, 1, 1, 1000);
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isFalse();

    offerUntilRefused(queue, 1, 1, 1000);
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isTrue();
  }

  @Test
  void whatNobodyWouldWaitForIsRefusedUnread() {
    profile.measured(1, 10 * MILLI);
    profile.measured(2, 20 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    offerUntilRefused(queue, 98, 5, 1000);
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isFalse();

    offerUntilRefused(queue, 9, 5, 1000);

    assertThat(queue.wouldRefuse(1, ticker.nanos())).isTrue();
    assertThat(queue.wouldRefuse(2, ticker.nanos())).isFalse();
    assertThat(queue.full("m", 1).message()).contains("99").contains("in time");
  }

  @Test
  void whatWouldRunOutOfTimeInTheQueueIsRefusedAtOnce() {
    profile.measured(1, 10 * MILLI);
    profile.measured(2, 20 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    offer(queue, request(1, 5, 5), request(1, 5, 1000), request(1, 5, 1000));
    PendingRequest late = request(1, 9, 40);

    assertThat(queue.offer(late, 1, ticker.nanos())).contains(late);
    assertThat(queue.offer(late, 2, ticker.nanos())).isEmpty();
    assertThat(queue.takeExpired()).isEmpty();
  }

  @Test
  void theMoreUrgentDoesNotWaitForTheLessUrgent() {
    profile.measured(1, 10 * MILLI);
    profile.measured(2, 20 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    for (int i = 0; i < 20; i++) {
      offer(queue, request(1, 5, 10_000));
    }
    PendingRequest urgent = request(1, 5, 40);
    offer(queue, urgent);

    assertThat(queue.poll(ticker.nanos())).containsExactly(urgent);
  }

  @Test
  void whatWasAskedForLongAgoSaysNothing() {
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(1));
    offerUntilRefused(queue, 64, 5, 100_000);
    assertThat(queue.wouldRefuse(1, ticker.nanos())).isTrue();

    ticker.advance(Duration.ofSeconds(11));

    assertThat(queue.wouldRefuse(1, ticker.nanos())).isFalse();
  }

  @Test
  void onlyWhatComesFirstIsWaitedFor() {
    profile.measured(1, 10 * MILLI);
    profile.measured(2, 20 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT);
    offer(queue, request(1, 2, 1000), request(1, 5, 1000), request(1, 9, 1000));

    assertThat(queue.waitNanos(1, 1)).isZero();
    assertThat(queue.waitNanos(5, 1)).isEqualTo(20 * MILLI);
    assertThat(queue.waitNanos(9, 1)).isEqualTo(30 * MILLI);
  }

  /** MLServer counted the delay anew in every round (its issues 1936 and 2065). */
  @Test
  void theDelayCountsFromTheOldestRequestWhateverCameSince() {
    BatchQueue queue =
        queue(BatchingSettings.DEFAULT.withMaxDelay(Duration.ofMillis(5)).withoutLearning());
    offer(queue, request(1, 5, 1000));
    ticker.advance(Duration.ofMillis(3));
    offer(queue, request(1, 5, 1000));

    assertThat(queue.gatherNanos(ticker.nanos())).isEqualTo(2 * MILLI);
    ticker.advance(Duration.ofMillis(2));
    assertThat(queue.gatherNanos(ticker.nanos())).isZero();
    queue.poll(ticker.nanos());

    offer(queue, request(1, 5, 1000));
    assertThat(queue.gatherNanos(ticker.nanos())).isEqualTo(5 * MILLI);
  }

  private int takenIn(BatchQueue queue, PendingRequest large) {
    int waiting = 0;
    while (queue.offer(again(large), 1, ticker.nanos()).isEmpty()) {
      waiting++;
    }
    return waiting;
  }

  private static int atMost(long bytes, PendingRequest large) {
    return (int) Math.max(8, Math.ceilDiv(bytes, large.inputBytes()));
  }

  @Test
  void largeInputsThatWaitAreBoundedByTheirBytes() {
    profile.measured(1, MILLI);
    profile.measured(2, 2 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(1_000_000));
    PendingRequest large = request(1, 2 << 20, 5, 1_000_000, Parameters.none());

    int burst = takenIn(queue, large);

    assertThat(burst).isEqualTo(atMost(ByteAllowance.BURST_BYTES, large));
    assertThat(queue.full("m", 1).message()).contains("limit");
  }

  @Test
  void lessMayWaitAllTheTimeThanInABurst() {
    profile.measured(1, MILLI);
    profile.measured(2, 2 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(1_000_000));
    PendingRequest large = request(1, 2 << 20, 5, 1_000_000, Parameters.none());
    int burst = takenIn(queue, large);

    ticker.advance(Duration.ofNanos(ByteAllowance.BURST_NANOS + 1));
    int standing = atMost(ByteAllowance.STANDING_BYTES, large);
    while (queue.size() >= standing) {
      assertThat(takenIn(queue, large)).isZero();
      queue.poll(ticker.nanos());
    }
    assertThat(takenIn(queue, large)).isEqualTo(1);

    while (queue.size() > 0) {
      queue.poll(ticker.nanos());
    }
    assertThat(takenIn(queue, large)).isEqualTo(burst);
  }

  @Test
  void whatMayWaitCountsRowsNotRequests() {
    profile.measured(1, MILLI);
    profile.measured(2, 2 * MILLI);
    BatchQueue queue = queue(BatchingSettings.DEFAULT.withMaxQueue(1_000_000));
    PendingRequest eight = request(8, 2 << 20, 5, 1_000_000, Parameters.none());

    assertThat(takenIn(queue, eight))
        .isEqualTo((int) Math.ceilDiv(ByteAllowance.BURST_BYTES, eight.inputBytes()));
  }

  /** The same input without taking its memory again. */
  private PendingRequest again(PendingRequest request) {
    return new PendingRequest(
        request.request(),
        new Tensor[] {request.input(0)},
        new int[] {0},
        request.rows(),
        request.priority(),
        ticker.nanos());
  }
}
