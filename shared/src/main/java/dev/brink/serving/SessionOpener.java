package dev.brink.serving;

import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;

/** Opens model files; blocks for as long as that takes. */
interface SessionOpener {

  /**
   * @throws ModelLoadException where the file is bad, or where none of the providers in {@code
   *     settings} is there
   */
  Executable open(Path file, RuntimeSettings settings, int intraOpThreads)
      throws ModelLoadException;

  /** One that opens the files themselves and nothing that was made of them before. */
  default SessionOpener literally() {
    return this;
  }
}
