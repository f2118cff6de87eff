package dev.brink.edge.outbox.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** The open file as the writing thread has it: transactions over the table of jobs. */
final class Database implements AutoCloseable {

  private static final int PAGE_BYTES = 4096;
  private static final int CHECKPOINT_PAGES = 4096;

  private final Sql sql;
  private final Tally tally = new Tally();
  private final JobClock clock;
  private final JobTable jobs;
  private final AcknowledgedCommits acknowledged;
  private long dataVersion;
  private long commits;
  private long changesBefore;
  private long lost;

  private Database(Sql sql, StoreSettings settings, JobClock clock) {
    this.sql = sql;
    this.acknowledged = new AcknowledgedCommits(settings.path());
    this.clock = clock;
    this.jobs = new JobTable(sql, tally, settings, clock);
  }

  /** Opens a sound file or creates one; what a killed process left running is queued again. */
  static Database open(StoreSettings settings, JobClock clock)
      throws SQLException, Schema.NewerSchemaException {
    Sql sql = Sql.open(settings.path(), pragmas(settings));
    try {
      Schema.migrate(sql);
      Database database = new Database(sql, settings, clock);
      database.jobs.recover();
      database.refresh();
      database.countCommits();
      return database;
    } catch (SQLException | Schema.NewerSchemaException failure) {
      sql.close();
      throw failure;
    }
  }

  /** What {@code quick_check} says of a file: {@code ok}, or what is wrong. */
  static String check(Path file) throws SQLException {
    try (Sql sql = Sql.open(file, List.of("busy_timeout = 5000"))) {
      return sql.text("PRAGMA quick_check(1)");
    }
  }

  private static List<String> pragmas(StoreSettings settings) {
    long pages = (settings.maxBytes() + settings.maxBytes() / 4) / PAGE_BYTES + 4096;
    return List.of(
        "busy_timeout = 5000",
        "auto_vacuum = INCREMENTAL",
        "journal_mode = WAL",
        "synchronous = FULL",
        "temp_store = MEMORY",
        "cache_size = -8192",
        "wal_autocheckpoint = " + CHECKPOINT_PAGES,
        "journal_size_limit = " + 2 * CHECKPOINT_PAGES * PAGE_BYTES,
        "max_page_count = " + pages);
  }

  JobTable jobs() {
    return jobs;
  }

  void begin() throws SQLException {
    sql.execute("BEGIN IMMEDIATE");
    tally.save();
    clock.save();
    refreshWhereChanged();
    changesBefore = changes();
  }

  /**
   * Where nothing was changed nothing is written, and the disk is left in peace.
   *
   * @param anyway writes all the same, to see whether it can be done
   */
  void commit(boolean anyway) throws SQLException {
    boolean changed = anyway || changes() != changesBefore;
    if (changed) {
      sql.update("UPDATE progress SET commits = ?", commits + 1);
    }
    sql.execute("COMMIT");
    if (changed) {
      commits++;
      acknowledged.set(commits);
    }
  }

  private long changes() throws SQLException {
    return sql.number("SELECT total_changes()");
  }

  /** Since the file was made. */
  long commits() {
    return commits;
  }

  /** Commits that had been acknowledged and were not there when the file was opened. */
  long lost() {
    return lost;
  }

  private void countCommits() throws SQLException {
    commits = sql.number("SELECT commits FROM progress");
    lost = Math.max(0, acknowledged.count() - commits);
    acknowledged.set(commits);
  }

  /** To be called after a failure of anything since {@link #begin}, itself included. */
  void rollback() {
    tally.restore();
    clock.restore();
    try {
      sql.execute("ROLLBACK");
    } catch (SQLException alreadyRolledBack) {
      // SQLite rolls back by itself on some errors; there is nothing left to do then.
    }
  }

  Usage usage() {
    return tally.toUsage();
  }

  /** Gives pages of forgotten jobs back to the disk, a few at a time. */
  void shrink() throws SQLException {
    if (sql.number("PRAGMA freelist_count") > CHECKPOINT_PAGES) {
      sql.list(row -> 0, "PRAGMA incremental_vacuum(1024)");
    }
  }

  private void refreshWhereChanged() throws SQLException {
    if (sql.number("PRAGMA data_version") != dataVersion) {
      refresh();
    }
  }

  private void refresh() throws SQLException {
    dataVersion = sql.number("PRAGMA data_version");
    jobs.count();
    tally.save();
  }

  @Override
  public void close() throws SQLException {
    acknowledged.close();
    sql.close();
  }
}
