package dev.brink.edge.outbox.store;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static dev.brink.edge.outbox.store.StoreFixture.errorOf;
import static dev.brink.edge.outbox.store.StoreFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.oip.wire.WireError;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobStoreTest {

  private static final WireError UNAVAILABLE = new WireError("Unavailable", "gone", 0);

  @TempDir Path folder;
  private StoreFixture fixture;

  @BeforeEach
  void open() {
    fixture = new StoreFixture(folder);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  @Test
  void anAcceptedJobIsThereAfterReopening() throws IOException {
    fixture.accept("a");

    fixture.reopen();

    List<ClaimedJob> claimed = await(fixture.store().claim(10));
    assertThat(claimed).singleElement().satisfies(this::isRequestOfA);
  }

  private void isRequestOfA(ClaimedJob claim) {
    assertThat(claim.job().id()).isEqualTo("a");
    assertThat(claim.job().state()).isEqualTo(JobState.RUNNING);
    assertThat(claim.job().attempts()).isEqualTo(1);
    assertThat(new String(claim.request(), StandardCharsets.UTF_8)).isEqualTo("request of a");
  }

  @Test
  void jobsAreClaimedByPriorityThenAge() {
    await(fixture.store().accept(job("default", "", 0, "x")));
    await(fixture.store().accept(job("second", "", 2, "x")));
    await(fixture.store().accept(job("first", "", 1, "x")));
    await(fixture.store().accept(job("second-too", "", 2, "x")));

    List<ClaimedJob> claimed = await(fixture.store().claim(3));

    assertThat(ids(claimed)).containsExactly("first", "second", "second-too");
  }

  @Test
  void nothingIsWrittenWhereNothingChanges() {
    fixture.accept("a");
    await(fixture.store().claim(1));
    long commits = fixture.store().commits();

    await(fixture.store().claim(1));
    await(fixture.store().sweep());

    assertThat(fixture.store().commits()).isEqualTo(commits);
  }

  @Test
  void aClaimedJobIsNotClaimedTwice() {
    fixture.accept("a");
    await(fixture.store().claim(1));

    assertThat(await(fixture.store().claim(1))).isEmpty();
  }

  @Test
  void whatWasRunningWhenTheProcessDiedIsQueuedAgain() throws IOException {
    fixture.accept("a");
    await(fixture.store().claim(1));

    fixture.reopen();

    assertThat(await(fixture.store().claim(1)).get(0).job().attempts()).isEqualTo(2);
  }

  @Test
  void theSameKeyAndRequestIsTheSameJob() {
    Accepted first = await(fixture.store().accept(job("a", "key", 0, "same")));
    Accepted second = await(fixture.store().accept(job("b", "key", 0, "same")));

    assertThat(second).isEqualTo(new Accepted(first.id(), first.expiresAt(), true));
    assertThat(fixture.store().usage().total()).isEqualTo(1);
  }

  @Test
  void aKeyUsedForAnotherRequestIsAConflict() {
    await(fixture.store().accept(job("a", "key", 0, "one")));

    assertThat(errorOf(fixture.store().accept(job("b", "key", 0, "another"))))
        .isInstanceOf(InferenceError.Conflict.class);
  }

  @Test
  void oneRefusalInAGroupLeavesTheOthersAlone() {
    List<Future<Accepted>> group = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      group.add(fixture.store().accept(job("job" + i, "key" + i / 2, 0, "request " + i)));
    }

    for (int i = 0; i < 50; i += 2) {
      assertThat(await(group.get(i)).id()).isEqualTo("job" + i);
      assertThat(errorOf(group.get(i + 1))).isInstanceOf(InferenceError.Conflict.class);
    }
    assertThat(fixture.store().usage().total()).isEqualTo(25);
  }

  @Test
  void theAnswerIsKeptInPlaceOfTheRequest() {
    fixture.accept("a");
    await(fixture.store().claim(1));

    Job done = await(fixture.store().complete("a", () -> new byte[] {1, 2, 3})).orElseThrow();

    assertThat(done.state()).isEqualTo(JobState.DONE);
    assertThat(done.requestBytes()).isZero();
    assertThat(await(fixture.store().result(done))).contains(new byte[] {1, 2, 3});
    assertThat(fixture.store().usage().bytes()).isEqualTo(Tally.JOB_OVERHEAD + 3);
  }

  @Test
  void onlyARunningJobCanBeCompleted() {
    fixture.accept("a");

    assertThat(await(fixture.store().complete("a", () -> new byte[1]))).isEmpty();
    assertThat(await(fixture.store().complete("none", () -> new byte[1]))).isEmpty();
  }

  @Test
  void aJobPutBackWaitsForItsDelay() {
    fixture.accept("a");
    await(fixture.store().claim(1));
    await(fixture.store().putBack("a", UNAVAILABLE, false, Duration.ofSeconds(10)));

    assertThat(await(fixture.store().claim(1))).isEmpty();
    fixture.advance(Duration.ofSeconds(11));
    assertThat(await(fixture.store().claim(1))).hasSize(1);
  }

  @Test
  void aRestartForgetsDelaysAndKeepsAttempts() throws IOException {
    fixture.accept("a");
    await(fixture.store().claim(1));
    await(fixture.store().putBack("a", UNAVAILABLE, true, Duration.ofHours(10)));

    fixture.reopen();

    Job job = await(fixture.store().claim(1)).get(0).job();
    assertThat(job.attempts()).isEqualTo(2);
    assertThat(job.faults()).isEqualTo(1);
    assertThat(job.error()).contains(UNAVAILABLE);
  }

  @Test
  void aFailedJobMayBeTriedAgain() {
    fixture.accept("a");
    await(fixture.store().claim(1));
    await(fixture.store().fail("a", UNAVAILABLE));
    assertThat(await(fixture.store().claim(1))).isEmpty();

    await(fixture.store().retry("a"));

    assertThat(await(fixture.store().claim(1))).singleElement().satisfies(this::isRequestOfA);
  }

  @Test
  void onlyTheOwnerCancels() {
    fixture.accept("a");

    assertThat(await(fixture.store().cancel("another", "a"))).isEmpty();
    assertThat(await(fixture.store().cancel("tenant", "a")).orElseThrow().state())
        .isEqualTo(JobState.CANCELLED);
    assertThat(await(fixture.store().claim(1))).isEmpty();
  }

  @Test
  void aCancelledJobTakesNoAnswer() {
    fixture.accept("a");
    await(fixture.store().claim(1));
    await(fixture.store().cancel("tenant", "a"));

    assertThat(await(fixture.store().complete("a", () -> new byte[1]))).isEmpty();
  }

  @Test
  void aJobPastItsTimeExpiresAndIsForgottenLater() {
    fixture.accept("a");
    fixture.advance(Duration.ofDays(8));

    assertThat(await(fixture.store().sweep())).isEqualTo(new Swept(1, 0, false));
    assertThat(await(fixture.store().find("a")).orElseThrow().state()).isEqualTo(JobState.EXPIRED);
    fixture.advance(Duration.ofDays(2));
    assertThat(await(fixture.store().sweep())).isEqualTo(new Swept(0, 1, false));
    assertThat(fixture.store().usage()).isEqualTo(new Tally().toUsage());
  }

  @Test
  void aFetchedAnswerIsForgottenSooner() {
    fixture.accept("a");
    await(fixture.store().claim(1));
    await(fixture.store().complete("a", () -> new byte[1]));
    await(fixture.store().fetched("a"));
    fixture.advance(Duration.ofMinutes(11));

    assertThat(await(fixture.store().sweep()).forgotten()).isEqualTo(1);
  }

  @Test
  void steppingTheWallClockForwardExpiresNothing() {
    fixture.accept("a");
    fixture.wall.advance(Duration.ofDays(20_000));

    assertThat(await(fixture.store().sweep()).expired()).isZero();
    fixture.advance(Duration.ofDays(6));
    assertThat(await(fixture.store().sweep()).expired()).isZero();
    fixture.advance(Duration.ofDays(2));
    assertThat(await(fixture.store().sweep()).expired()).isEqualTo(1);
  }

  @Test
  void steppingTheWallClockBackKeepsTheTimeLeft() {
    Instant promised = fixture.accept("a").expiresAt();
    fixture.wall.advance(Duration.ofHours(-1));
    await(fixture.store().sweep());

    Job job = await(fixture.store().find("a")).orElseThrow();

    assertThat(job.expiresAt()).isEqualTo(promised.minus(Duration.ofHours(1)));
    assertThat(await(fixture.store().claim(1))).hasSize(1);
  }

  @Test
  void theCapOnJobsRefusesTheNextAndForgetsFetchedOnesFirst() throws IOException {
    fixture.close();
    fixture = new StoreFixture(folder, settings -> settings.withCaps(1 << 20, 2));
    fixture.accept("a");
    fixture.accept("b");
    assertThat(errorOf(fixture.store().accept(job("c", "", 0, "x"))))
        .isInstanceOf(InferenceError.StorageFull.class);
    await(fixture.store().claim(1));
    await(fixture.store().complete("a", () -> new byte[1]));
    await(fixture.store().fetched("a"));

    assertThat(fixture.accept("c").id()).isEqualTo("c");
    assertThat(await(fixture.store().find("a"))).isEmpty();
  }

  @Test
  void theCapOnBytesRefusesTheNext() throws IOException {
    fixture.close();
    fixture = new StoreFixture(folder, settings -> settings.withCaps(1024, 100));
    fixture.accept("a");

    assertThat(errorOf(fixture.store().accept(job("b", "", 0, "x".repeat(500)))))
        .isInstanceOf(InferenceError.StorageFull.class);
  }

  @Test
  void totalsAreTheSameAfterReopening() throws IOException {
    fixture.accept("a");
    fixture.accept("b");
    await(fixture.store().claim(1));
    await(fixture.store().complete("a", () -> new byte[100]));
    Usage before = fixture.store().usage();

    fixture.reopen();
    await(fixture.store().sweep());

    assertThat(fixture.store().usage()).isEqualTo(before);
  }

  @Test
  void listsByStateAndModelInPages() {
    for (String id : List.of("a", "b", "c")) {
      fixture.accept(id);
    }
    await(fixture.store().claim(1));
    JobQuery queued =
        new JobQuery(
            Optional.of("tenant"), Optional.of(JobState.QUEUED), Optional.of("intent"), 0, 1);

    List<Job> first = await(fixture.store().list(queued));
    List<Job> second = await(fixture.store().list(queued.after(first.get(0).sequence())));

    assertThat(first).extracting(Job::id).containsExactly("b");
    assertThat(second).extracting(Job::id).containsExactly("c");
  }

  @Test
  void aFileOfALaterReleaseIsLeftAlone() throws Exception {
    fixture.accept("a");
    fixture.close();
    try (Sql sql = Sql.open(fixture.file(), List.of())) {
      sql.execute("PRAGMA user_version = 99");
    }

    fixture = new StoreFixture(folder);

    assertThat(errorOf(fixture.store().accept(job("b", "", 0, "x"))).message())
        .contains("schema version: 99 (expected: <= 2)");
    try (Sql sql = Sql.open(fixture.file(), List.of())) {
      assertThat(sql.number("SELECT count(*) FROM jobs")).isEqualTo(1);
    }
  }

  @Test
  void aSecondNodeOnTheSameFileIsRefused() throws IOException {
    fixture.accept("a");

    try (StoreFixture second = new StoreFixture(folder)) {
      assertThat(errorOf(second.store().accept(job("b", "", 0, "x"))))
          .isInstanceOf(InferenceError.StorageFull.class);
      assertThat(second.store().problem()).contains("in use by another node");
    }
  }

  private static List<String> ids(List<ClaimedJob> claimed) {
    return claimed.stream().map(claim -> claim.job().id()).toList();
  }
}
