package dev.brink.edge.outbox.store;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static dev.brink.edge.outbox.store.StoreFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {

  private static final int PAGE = 4096;
  private static final int QUEUED = 8;
  private static final int DONE = 3;

  @TempDir Path folder;

  @Test
  void whicheverPageIsOverwrittenEveryJobIsKeptOrSaidToBeDamaged() throws IOException {
    Path sound = filled();
    long pages = Files.size(sound) / PAGE;
    List<String> notes = new ArrayList<>();
    for (int page = 0; page < pages; page++) {
      notes.add(page + ": " + openWithNoiseIn(sound, page));
    }

    assertThat(notes).hasSizeGreaterThan(20).noneMatch(note -> note.contains("lost"));
  }

  /** Jobs of several sizes, some done, in a file that was closed properly. */
  private Path filled() throws IOException {
    Path home = Files.createDirectory(folder.resolve("sound"));
    try (StoreFixture fixture = new StoreFixture(home)) {
      for (int i = 0; i < QUEUED + DONE; i++) {
        await(fixture.store().accept(job("job-" + i, "key-" + i, 0, body(i))));
      }
      for (ClaimedJob claim : await(fixture.store().claim(DONE))) {
        await(fixture.store().complete(claim.job().id(), claim::request));
      }
      return fixture.file();
    }
  }

  private static String body(int i) {
    return ("request of job-" + i + " ").repeat(1 + i * 24);
  }

  private String openWithNoiseIn(Path sound, int page) throws IOException {
    Path home = Files.createDirectory(folder.resolve("page" + page));
    overwrite(Files.copy(sound, home.resolve("outbox.db")), page);
    try (StoreFixture fixture = new StoreFixture(home)) {
      Outcome outcome = new Outcome();
      for (ClaimedJob claim : await(fixture.store().claim(1000))) {
        String id = claim.job().id();
        String expected = body(Integer.parseInt(id.substring(4)));
        outcome.told(id, new String(claim.request(), StandardCharsets.UTF_8).equals(expected));
      }
      for (Job job : await(fixture.store().list(JobQuery.all()))) {
        tellEnded(fixture, outcome, job);
      }
      assertThat(fixture.accept("afterwards").id()).isEqualTo("afterwards");
      assertThat(asideFiles(home)).isLessThanOrEqualTo(1);
      return outcome.summary();
    }
  }

  private static void tellEnded(StoreFixture fixture, Outcome outcome, Job job) {
    switch (job.state()) {
      case DONE -> {
        Optional<byte[]> result = await(fixture.store().result(job));
        outcome.told(job.id(), result.isPresent());
      }
      case FAILED -> {
        assertThat(job.error().orElseThrow().message()).contains("damaged");
        outcome.told(job.id(), false);
      }
      case QUEUED, RUNNING, EXPIRED, CANCELLED -> {}
    }
  }

  private static void overwrite(Path file, int page) throws IOException {
    byte[] noise = new byte[PAGE];
    new Random(page).nextBytes(noise);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek((long) page * PAGE);
      bytes.write(noise);
    }
  }

  private static int asideFiles(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return (int)
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.contains(".damaged-") && !name.endsWith("-wal"))
              .filter(name -> !name.endsWith("-shm") && !name.endsWith("-commits"))
              .filter(name -> !name.endsWith(".first-page"))
              .count();
    }
  }

  private static final class Outcome {

    private final Set<String> known = new HashSet<>();
    private int intact;
    private int damaged;

    void told(String id, boolean whole) {
      if (known.add(id)) {
        intact += whole ? 1 : 0;
        damaged += whole ? 0 : 1;
      }
    }

    String summary() {
      int lost = QUEUED + DONE - known.size();
      return "%d intact, %d damaged%s"
          .formatted(intact, damaged, lost == 0 ? "" : ", " + lost + " lost");
    }
  }
}
