package dev.brink.edge;

import dev.brink.routing.ObjectiveController;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was learned over a restart, in one JSON file that is replaced as a whole. Every method
 * blocks.
 */
final class LearnedFile {

  static final String DAMAGED = ".damaged";
  private static final Logger LOG = LoggerFactory.getLogger(LearnedFile.class);
  private static final long MOST_BYTES = 64L << 20;

  private final Path file;
  private final ObjectiveController objectives;
  private String written = "";

  LearnedFile(Path file, ObjectiveController objectives) {
    this.file = file.toAbsolutePath();
    this.objectives = objectives;
  }

  /** What cannot be used is set aside, and learning starts as without it. */
  synchronized void read() {
    if (!Files.exists(file)) {
      return;
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IllegalArgumentException("larger than " + MOST_BYTES + " bytes");
      }
      String json = Files.readString(file);
      objectives.restore(json);
      LOG.atInfo().addKeyValue("file", file).log("goes on from what was learned");
    } catch (IOException | IllegalArgumentException damaged) {
      setAside(damaged);
    }
  }

  /** Writes what is known now where that is new; a failure costs what was learned since. */
  synchronized void write() {
    if (objectives.isEmpty() && written.isEmpty()) {
      return;
    }
    String json = objectives.save();
    if (json.equals(written) || json.length() > MOST_BYTES) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      writeDurably(draft, json);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      written = json;
    } catch (IOException refused) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("error", refused.toString())
          .log("what was learned is not kept");
    }
  }

  private static void writeDurably(Path draft, String json) throws IOException {
    Files.writeString(draft, json);
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private void setAside(Exception damaged) {
    Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
    LOG.atWarn()
        .addKeyValue("file", file)
        .addKeyValue("aside", aside)
        .addKeyValue("error", damaged.getMessage())
        .log("what was learned cannot be read");
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException stays) {
      LOG.atWarn().addKeyValue("error", stays.toString()).log("it cannot be set aside either");
    }
  }
}
