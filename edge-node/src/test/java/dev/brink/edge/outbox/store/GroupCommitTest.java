package dev.brink.edge.outbox.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {

  @TempDir private Path folder;

  @Test
  void whatSomebodyMakesOfACommitChangesNothingOfIt() throws IOException {
    StoreSettings settings = StoreSettings.at(folder.resolve("outbox.db")).withMinFree(0);
    JobClock clock = new JobClock(InstantSource.system(), Ticker.system());
    AtomicInteger applied = new AtomicInteger();
    try (GroupCommit writer =
        new GroupCommit(new DatabaseFile(settings, clock), () -> {}, Ticker.system(), 16)) {
      Future<Integer> first = writer.submit(0, jobs -> applied.incrementAndGet());
      first.onComplete(
          any -> {
            throw new IllegalStateException("a mistake of whoever waited");
          });
      Future<Integer> second = writer.submit(0, jobs -> applied.incrementAndGet());

      writer.start();

      assertThat(StoreFixture.await(second)).isEqualTo(2);
      assertThat(applied).hasValue(2);
      assertThat(first.result()).isEqualTo(1);
    }
  }
}
