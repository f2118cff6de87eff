package dev.brink.edge.outbox.store;

import dev.brink.resilience.Ticker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The file as an operator has it, whether a node runs on it or not: a running one sees every change
 * at once. Blocks; errors are {@link IOException}s.
 */
public final class JobFile implements AutoCloseable {

  private final Sql sql;
  private final Tally tally = new Tally();
  private final JobTable jobs;

  private JobFile(Path file, Sql sql) {
    this.sql = sql;
    this.jobs =
        new JobTable(
            sql,
            tally,
            StoreSettings.at(file),
            new JobClock(InstantSource.system(), Ticker.system()));
  }

  public static JobFile open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new FileNotFoundException(file + " (expected: the file of an outbox)");
    }
    return io(
        () -> {
          Sql sql = Sql.open(file, List.of("busy_timeout = 10000", "synchronous = FULL"));
          if (sql.number("PRAGMA user_version") != Schema.VERSION) {
            sql.close();
            throw new SQLException("schema of another release, or no outbox");
          }
          return new JobFile(file, sql);
        });
  }

  /** One page, as asked for. */
  public List<Job> list(JobQuery query) throws IOException {
    return io(() -> jobs.queries().list(query));
  }

  public Optional<Job> find(String id) throws IOException {
    return io(() -> jobs.queries().byId(id));
  }

  /** Empty where it is needed no more, or damaged. */
  public Optional<byte[]> request(Job job) throws IOException {
    return io(() -> jobs.queries().request(job));
  }

  /** Empty where there is none, or it is damaged. */
  public Optional<byte[]> result(Job job) throws IOException {
    return io(() -> jobs.queries().result(job));
  }

  public Usage usage() throws IOException {
    return io(
        () -> {
          jobs.count();
          return tally.toUsage();
        });
  }

  /** Queues a failed job again; empty where there is no failed job of that id. */
  public Optional<Job> retry(String id) throws IOException {
    return change(() -> jobs.retry(id));
  }

  /** Removes a job; false where there is none. */
  public boolean drop(String id) throws IOException {
    return change(() -> jobs.drop(id));
  }

  /** Writes a copy as of now, while a node may go on working, and checks it. */
  public void backup(Path target) throws IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    io(() -> sql.update("VACUUM INTO ?", target.toString()));
    sync(target);
    requireSound(target);
  }

  /**
   * Puts a backup in the place of an outbox whose node is stopped; the old file is kept beside it.
   * Jobs that have been done since the backup are sent again: the cloud knows them by their ids.
   *
   * @return where the old file is now; empty where there was none
   */
  public static Optional<Path> restore(Path backup, Path file) throws IOException {
    requireSound(backup);
    StoreSettings settings = StoreSettings.at(file);
    JobClock clock = new JobClock(InstantSource.system(), Ticker.system());
    try (DatabaseFile place = new DatabaseFile(settings, clock)) {
      Optional<Path> old = place.clear();
      Path copy = Path.of(file + ".restoring");
      Files.copy(backup, copy, StandardCopyOption.REPLACE_EXISTING);
      sync(copy);
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
      return old;
    }
  }

  private static void requireSound(Path file) throws IOException {
    String verdict = io(() -> Database.check(file));
    if (!verdict.equals("ok")) {
      throw new IOException(file + ": " + verdict);
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private <T> T change(Work<T> work) throws IOException {
    return io(
        () -> {
          sql.execute("BEGIN IMMEDIATE");
          try {
            T result = work.run();
            sql.execute("COMMIT");
            return result;
          } catch (SQLException failure) {
            sql.execute("ROLLBACK");
            throw failure;
          }
        });
  }

  private interface Work<T> {
    T run() throws SQLException;
  }

  private static <T> T io(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (SQLException failure) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  @Override
  public void close() throws IOException {
    io(
        () -> {
          sql.close();
          return null;
        });
  }
}
