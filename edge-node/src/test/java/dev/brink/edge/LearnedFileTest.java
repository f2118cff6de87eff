package dev.brink.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.Reason;
import dev.brink.inference.RequestContext;
import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import dev.brink.resilience.Ticker;
import dev.brink.routing.NodeSnapshot.CloudView;
import dev.brink.routing.ObjectiveController;
import dev.brink.routing.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnedFileTest {

  private static final CascadeSettings SETTINGS =
      CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.8)
          .withObjective(0.9, Duration.ZERO, 0);

  @TempDir Path folder;
  private Path file;
  private final ObjectiveController objectives = objectives();

  @BeforeEach
  void aFileInAFolderThatIsNotThereYet() {
    file = folder.resolve("run/learned.json");
  }

  @Test
  void whatWasWrittenIsReadAfterARestart() {
    seen(objectives, 500);
    new LearnedFile(file, objectives).write();

    ObjectiveController restarted = objectives();
    new LearnedFile(file, restarted).read();

    assertThat(restarted.save()).isEqualTo(objectives.save());
    assertThat(folder.resolve("run")).isDirectoryContaining("glob:**/learned.json");
    assertThat(folder.resolve("run")).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void whatIsDamagedIsSetAsideAndDoesNotKeepTheNodeFromLearning() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"format\":2,\"objectives\":[{\"kno");
    LearnedFile learned = new LearnedFile(file, objectives);

    learned.read();
    assertThat(file).doesNotExist();
    assertThat(folder.resolve("run/learned.json.damaged")).content().contains("kno");

    seen(objectives, 500);
    learned.write();
    assertThat(file).content().contains("\"model\":\"intent\"");
  }

  @Test
  void nothingIsWrittenWhileNothingIsLearned() throws IOException {
    LearnedFile learned = new LearnedFile(file, objectives);
    learned.write();
    assertThat(file).doesNotExist();

    seen(objectives, 1);
    learned.write();
    assertThat(file).exists();

    Files.delete(file);
    learned.write();
    assertThat(file).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenCostsOnlyWhatWasLearned() throws IOException {
    Files.writeString(folder.resolve("run"), "a file where the folder should be");

    seen(objectives, 1);
    new LearnedFile(file, objectives).write();

    assertThat(folder.resolve("run")).isRegularFile();
  }

  private static ObjectiveController objectives() {
    return new ObjectiveController(Ticker.system(), new SplittableRandom(1));
  }

  private static void seen(ObjectiveController objectives, int times) {
    objectives.thresholds(request(), SETTINGS, CloudView.online(1_000_000));
    for (int i = 0; i < times; i++) {
      objectives.admits(request(), new Verdict.Escalate(Reason.HARD, 0.3, 0.8), null);
    }
  }

  private static InferenceRequest request() {
    return new InferenceRequest(
        "intent",
        "",
        "",
        Parameters.none(),
        List.of(),
        List.of(),
        RequestContext.until(new Deadline(Long.MAX_VALUE)));
  }
}
