package dev.brink.edge.outbox.store;

import java.nio.file.Path;

/**
 * What must be left on the disk for the database to be touched at all. SQLite maps the index of its
 * log into memory; where the file system cannot give a block to a mapped page any more, the process
 * is killed by the signal for it, and no error comes back that could be dealt with.
 */
final class DiskFloor {

  private static final long BYTES = 1L << 20;

  private final Path database;

  DiskFloor(Path database) {
    this.database = database.toAbsolutePath();
  }

  /** Empty where there is enough. */
  String problem() {
    long free = database.getParent().toFile().getUsableSpace();
    return free < BYTES
        ? "the disk is full: %d bytes free (expected: at least %d)".formatted(free, BYTES)
        : "";
  }
}
