package dev.brink.edge.outbox.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many commits were acknowledged, in a file beside the database. SQLite drops the commits
 * behind a damaged place of the write-ahead log without a word; a database that has fewer than this
 * file says has lost some. Written after each commit and not forced to the disk: after a power cut
 * it may say too little, never too much.
 */
final class AcknowledgedCommits implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AcknowledgedCommits.class);

  /** Of the file's name, behind the database's. */
  static final String SUFFIX = "-commits";

  private final Path path;
  private final ByteBuffer value = ByteBuffer.allocate(Long.BYTES);
  private FileChannel file;

  /** Nothing is known, and nothing is said, where the file cannot be opened. */
  AcknowledgedCommits(Path database) {
    this.path = Path.of(database + SUFFIX);
    try {
      file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException refused) {
      giveUp(refused);
    }
  }

  /** 0 where nothing is known. */
  long count() {
    try {
      value.clear();
      return file != null && file.read(value, 0) == Long.BYTES ? value.getLong(0) : 0;
    } catch (IOException unreadable) {
      giveUp(unreadable);
      return 0;
    }
  }

  void set(long commits) {
    if (file == null) {
      return;
    }
    try {
      value.clear();
      value.putLong(0, commits);
      file.write(value, 0);
    } catch (IOException full) {
      giveUp(full);
    }
  }

  private void giveUp(IOException failure) {
    LOG.atWarn()
        .addKeyValue("file", path)
        .addKeyValue("error", failure.toString())
        .log("commits of the outbox are not counted");
    close();
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException failure) {
      LOG.atDebug().addKeyValue("error", failure.toString()).log("count not closed cleanly");
    }
    file = null;
  }
}
