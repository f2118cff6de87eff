package dev.brink.edge.outbox.store;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.oip.wire.WireError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFileTest {

  @TempDir Path folder;

  @Test
  void aRunningNodeSeesWhatAnOperatorChanges() throws IOException {
    try (StoreFixture fixture = new StoreFixture(folder)) {
      fixture.accept("failed");
      await(fixture.store().claim(1));
      await(fixture.store().fail("failed", new WireError("Internal", "oops", 0)));
      fixture.accept("dropped");

      try (JobFile file = JobFile.open(fixture.file())) {
        assertThat(file.retry("failed")).isPresent();
        assertThat(file.retry("dropped")).isEmpty();
        assertThat(file.drop("dropped")).isTrue();
        assertThat(file.drop("dropped")).isFalse();
      }

      assertThat(await(fixture.store().claim(10)))
          .extracting(claim -> claim.job().id())
          .containsExactly("failed");
      assertThat(fixture.store().usage().total()).isEqualTo(1);
    }
  }

  @Test
  void aBackupOfARunningOutboxCanBeRestored() throws IOException {
    Path backup = folder.resolve("backup.db");
    try (StoreFixture fixture = new StoreFixture(folder)) {
      fixture.accept("before");
      try (JobFile file = JobFile.open(fixture.file())) {
        file.backup(backup);
      }
      fixture.accept("after");
      assertThatThrownBy(() -> JobFile.restore(backup, fixture.file()))
          .hasMessageContaining("in use by another node");
    }

    JobFile.restore(backup, folder.resolve("outbox.db"));

    try (StoreFixture fixture = new StoreFixture(folder)) {
      ClaimedJob claim = await(fixture.store().claim(10)).get(0);
      assertThat(new String(claim.request(), StandardCharsets.UTF_8))
          .isEqualTo("request of before");
      assertThat(fixture.store().usage().total()).isEqualTo(1);
    }
  }

  @Test
  void whatIsNoOutboxIsRefused() {
    assertThatThrownBy(() -> JobFile.open(folder.resolve("none.db")))
        .hasMessageContaining("expected: the file of an outbox");
  }
}
