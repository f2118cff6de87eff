package dev.brink.edge.outbox.store;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A write-ahead log that is damaged loses what stands behind the damage; that has to be told. */
class LostCommitsTest {

  private static final int JOBS = 20;

  @TempDir Path folder;

  @Test
  void commitsBehindADamagedPlaceOfTheLogAreMissed() throws IOException {
    Path killed = killedAfterJobs();
    Path log = killed.resolve("outbox.db-wal");
    try (RandomAccessFile bytes = new RandomAccessFile(log.toFile(), "rw")) {
      bytes.seek(Files.size(log) / 2);
      byte[] noise = new byte[64];
      new Random(1).nextBytes(noise);
      bytes.write(noise);
    }

    try (StoreFixture fixture = new StoreFixture(killed)) {
      int left = jobs(fixture).size();

      assertThat(left).isLessThan(JOBS);
      assertThat(fixture.store().lostCommits()).isEqualTo(JOBS - left);
    }
  }

  @Test
  void nothingIsMissedAfterAKillThatDamagedNothing() throws IOException {
    Path killed = killedAfterJobs();

    try (StoreFixture fixture = new StoreFixture(killed)) {
      assertThat(jobs(fixture)).hasSize(JOBS);
      assertThat(fixture.store().lostCommits()).isZero();
      fixture.accept("one more");
      fixture.reopen();
      assertThat(jobs(fixture)).hasSize(JOBS + 1);
      assertThat(fixture.store().lostCommits()).isZero();
    }
  }

  @Test
  void aFileWithoutItsCountIsTakenAsItIs() throws IOException {
    Path killed = killedAfterJobs();
    Files.delete(killed.resolve("outbox.db-commits"));

    try (StoreFixture fixture = new StoreFixture(killed)) {
      assertThat(jobs(fixture)).hasSize(JOBS);
      assertThat(fixture.store().lostCommits()).isZero();
    }
  }

  private static List<Job> jobs(StoreFixture fixture) {
    // The first change is written when the file is open, which it need not be before.
    await(fixture.store().sweep());
    return await(fixture.store().list(JobQuery.all()));
  }

  /** The files of a node that was never closed: all of its commits are in the log. */
  private Path killedAfterJobs() throws IOException {
    Path alive = Files.createDirectory(folder.resolve("alive"));
    Path killed = Files.createDirectory(folder.resolve("killed"));
    try (StoreFixture fixture = new StoreFixture(alive)) {
      for (int i = 0; i < JOBS; i++) {
        fixture.accept("job-" + i);
      }
      for (String suffix : List.of("", "-wal", "-commits")) {
        Files.copy(alive.resolve("outbox.db" + suffix), killed.resolve("outbox.db" + suffix));
      }
    }
    return killed;
  }
}
