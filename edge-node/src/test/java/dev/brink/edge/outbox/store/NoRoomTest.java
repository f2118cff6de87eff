package dev.brink.edge.outbox.store;

import static dev.brink.edge.outbox.store.StoreFixture.errorOf;
import static dev.brink.edge.outbox.store.StoreFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoRoomTest {

  @TempDir Path folder;

  @Test
  void aDiskWithoutRoomRefusesJobsAndSaysWhy() throws IOException {
    try (StoreFixture fixture =
        new StoreFixture(folder, settings -> settings.withMinFree(Long.MAX_VALUE))) {

      InferenceError error = errorOf(fixture.store().accept(job("a", "", 0, "x")));

      assertThat(error).isInstanceOf(InferenceError.StorageFull.class);
      assertThat(error.message()).contains("the disk is full");
    }
  }

  @Test
  void aFolderThatCannotBeMadeRefusesJobsUntilItCan() throws IOException {
    Path blocked = Files.createFile(folder.resolve("blocked"));
    try (StoreFixture fixture = new StoreFixture(blocked)) {
      assertThat(errorOf(fixture.store().accept(job("a", "", 0, "x"))))
          .isInstanceOf(InferenceError.StorageFull.class);

      Files.delete(blocked);
      fixture.advance(Duration.ofSeconds(6));

      assertThat(fixture.accept("b").id()).isEqualTo("b");
      assertThat(fixture.store().problem()).isEmpty();
    }
  }
}
