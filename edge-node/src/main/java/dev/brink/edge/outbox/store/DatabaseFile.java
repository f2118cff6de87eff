package dev.brink.edge.outbox.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the file for one node at a time, checks it, and sets a damaged one aside: what can be read
 * of it goes on in a new file.
 */
final class DatabaseFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'.'SSS").withZone(ZoneOffset.UTC);

  private final StoreSettings settings;
  private final JobClock clock;
  private final DiskFloor floor;
  private FileChannel lockFile;

  DatabaseFile(StoreSettings settings, JobClock clock) {
    this.settings = settings;
    this.clock = clock;
    this.floor = new DiskFloor(settings.path());
  }

  /**
   * @throws UnusableException where nothing can be kept now, with the reason
   */
  Database open() throws UnusableException {
    try {
      lock();
      requireFloor();
      String verdict = verdict();
      return verdict.equals("ok") ? openSound() : replace(verdict);
    } catch (SQLException failure) {
      throw new UnusableException(settings.path() + ": " + failure.getMessage());
    } catch (IOException | Schema.NewerSchemaException failure) {
      throw new UnusableException(settings.path() + ": " + failure);
    }
  }

  private void requireFloor() throws UnusableException {
    String problem = floor.problem();
    if (!problem.isEmpty()) {
      throw new UnusableException(problem);
    }
  }

  DiskFloor floor() {
    return floor;
  }

  private Database openSound() throws SQLException, Schema.NewerSchemaException {
    Database database = Database.open(settings, clock);
    if (database.lost() > 0) {
      LOG.atError()
          .addKeyValue("file", settings.path())
          .addKeyValue("commits", database.lost())
          .log("acknowledged changes are missing: damaged write-ahead log, or an older file");
    }
    return database;
  }

  /** Renames the damaged file and starts a new one with what can be read of the old. */
  Database replace(String verdict) throws UnusableException {
    try {
      Path aside = setAside("damaged");
      LOG.atError()
          .addKeyValue("file", settings.path())
          .addKeyValue("set_aside", aside)
          .addKeyValue("error", verdict)
          .log("outbox is damaged");
      Database database = Database.open(settings, clock);
      Salvage.Report report = Salvage.from(aside, settings.path());
      LOG.atError()
          .addKeyValue("set_aside", aside)
          .addKeyValue("salvaged", report.salvaged())
          .addKeyValue("unreadable", report.unreadable())
          .log("outbox salvaged");
      return database;
    } catch (SQLException | IOException | Schema.NewerSchemaException failure) {
      throw new UnusableException(settings.path() + ": " + failure.getMessage());
    }
  }

  private String verdict() throws SQLException {
    if (!Files.exists(settings.path())) {
      return "ok";
    }
    try {
      return Database.check(settings.path());
    } catch (SQLException failure) {
      if (SqliteFailure.of(failure) == SqliteFailure.DAMAGED) {
        return failure.getMessage();
      }
      throw failure;
    }
  }

  /** Moves the file away, if there is one and no node runs on it. */
  Optional<Path> clear() throws IOException {
    lock();
    return Files.exists(settings.path()) ? Optional.of(setAside("replaced")) : Optional.empty();
  }

  private Path setAside(String why) throws IOException {
    String name = settings.path().getFileName() + "." + why + "-" + STAMP.format(Instant.now());
    Path aside = settings.path().resolveSibling(name);
    for (String suffix : List.of("", "-wal", "-shm", AcknowledgedCommits.SUFFIX)) {
      Path part = Path.of(settings.path() + suffix);
      if (Files.exists(part)) {
        Files.move(part, Path.of(aside + suffix), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return aside;
  }

  private void lock() throws IOException {
    if (lockFile != null) {
      return;
    }
    Files.createDirectories(settings.path().toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(
            Path.of(settings.path() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    if (!locked(channel)) {
      channel.close();
      throw new IOException("in use by another node");
    }
    lockFile = channel;
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException inThisProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    if (lockFile != null) {
      lockFile.close();
      lockFile = null;
    }
  }

  /** Nothing can be kept now. */
  static final class UnusableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableException(String reason) {
      super(reason, null, false, false);
    }
  }
}
