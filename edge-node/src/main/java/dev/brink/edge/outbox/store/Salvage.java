package dev.brink.edge.outbox.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Copies what can be read of a damaged file into a new one: every table forwards up to the damage,
 * backwards down to it, and number by number in between, the numbers taken from an index. A job
 * whose row is gone is written anew from the card beside its request or result.
 */
final class Salvage {

  /**
   * @param salvaged jobs that go on
   * @param unreadable jobs of which nothing but the number is left; -1 where not even that
   */
  record Report(int salvaged, int unreadable) {}

  private static final List<String> JOB_COLUMNS = jobColumns();
  private static final List<String> BODY_COLUMNS = List.of("seq", "card", "body");
  private static final long MAX_GUESSES = 20_000;

  private final Sql old;
  private final Sql fresh;
  private final List<Long> indexed;

  private Salvage(Sql old, Sql fresh) throws SQLException {
    this.old = old;
    this.fresh = fresh;
    this.indexed = indexed(old);
  }

  /** The numbers of all jobs, read without their rows; empty where the index is damaged too. */
  private static List<Long> indexed(Sql old) throws SQLException {
    try {
      return old.list(row -> row.getLong(1), "SELECT seq FROM jobs INDEXED BY jobs_due");
    } catch (SQLException damage) {
      requireDamage(damage);
      return List.of();
    }
  }

  /** Copies from {@code damaged} into {@code file}, which has its tables but no rows. */
  static Report from(Path damaged, Path file) throws SQLException, IOException {
    try (Sql fresh = Sql.open(file, List.of("busy_timeout = 5000"))) {
      if (!isReadable(damaged)) {
        fresh.list(row -> 0, "PRAGMA wal_checkpoint(TRUNCATE)");
        FirstPage.replace(damaged, file);
      }
      return isReadable(damaged) ? from(damaged, fresh) : new Report(0, -1);
    }
  }

  private static Report from(Path damaged, Sql fresh) throws SQLException {
    try (Sql old = Sql.open(damaged, List.of())) {
      return new Salvage(old, fresh).copy();
    }
  }

  private static boolean isReadable(Path damaged) throws SQLException {
    try (Sql old = Sql.open(damaged, List.of())) {
      return old.number("SELECT count(*) FROM sqlite_schema WHERE name = 'jobs'") == 1;
    } catch (SQLException damage) {
      requireDamage(damage);
      return false;
    }
  }

  private Report copy() throws SQLException {
    fresh.execute("BEGIN IMMEDIATE");
    copy("jobs", JOB_COLUMNS);
    copy("requests", BODY_COLUMNS);
    copy("results", BODY_COLUMNS);
    rebuild("requests", "queued", "request");
    rebuild("results", "done", "result");
    fresh.update("UPDATE jobs SET state = 'queued', not_before = 0 WHERE state = 'running'");
    int salvaged = (int) fresh.number("SELECT count(*) FROM jobs");
    Set<Long> unreadable = new HashSet<>(indexed);
    fresh.list(row -> row.getLong(1), "SELECT seq FROM jobs").forEach(unreadable::remove);
    fresh.execute("COMMIT");
    return new Report(salvaged, unreadable.size());
  }

  private void copy(String table, List<String> columns) throws SQLException {
    long first = scan(table, columns, "seq > ? ORDER BY seq", 0, 1);
    if (first == Long.MAX_VALUE) {
      return;
    }
    long last = scan(table, columns, "seq < ? ORDER BY seq DESC", Long.MAX_VALUE, -1);
    for (long seq : between(first, last)) {
      lookUp(table, columns, seq);
    }
  }

  private List<Long> between(long first, long last) {
    return indexed.isEmpty()
        ? LongStream.rangeClosed(first, Math.min(last, first + MAX_GUESSES)).boxed().toList()
        : indexed.stream().filter(seq -> seq >= first && seq <= last).toList();
  }

  /** The first number that could not be read; the largest possible where all could. */
  private long scan(String table, List<String> columns, String where, long from, int step)
      throws SQLException {
    String query = "SELECT " + String.join(", ", columns) + " FROM " + table + " WHERE " + where;
    long[] seen = {from};
    try {
      old.list(
          row -> {
            seen[0] = row.getLong(1);
            return insert(table, columns, row);
          },
          query,
          from);
      return step > 0 ? Long.MAX_VALUE : seen[0] - 1;
    } catch (SQLException damage) {
      requireDamage(damage);
      return seen[0] + step;
    }
  }

  private void lookUp(String table, List<String> columns, long seq) throws SQLException {
    String query = "SELECT " + String.join(", ", columns) + " FROM " + table + " WHERE seq = ?";
    try {
      old.list(row -> insert(table, columns, row), query, seq);
    } catch (SQLException damage) {
      requireDamage(damage);
    }
  }

  private static void requireDamage(SQLException failure) throws SQLException {
    if (SqliteFailure.of(failure) != SqliteFailure.DAMAGED) {
      throw failure;
    }
  }

  private int insert(String table, List<String> columns, ResultSet row) throws SQLException {
    Object[] values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.getObject(i + 1);
    }
    boolean sound = table.equals("jobs") ? isJob(row) : isBody(row);
    return sound ? insert(table, columns, values) : 0;
  }

  /** What is left of an overwritten page may still look like rows. */
  private static boolean isJob(ResultSet row) throws SQLException {
    return row.getString("id") != null && JobState.of(row.getString("state")).isPresent();
  }

  private static boolean isBody(ResultSet row) {
    try {
      return JobCard.read(row.getString("card")).length == JobCard.COLUMNS.size();
    } catch (SQLException noCard) {
      return false;
    }
  }

  private int insert(String table, List<String> columns, Object... values) throws SQLException {
    return fresh.update(
        "INSERT OR IGNORE INTO %s(%s) VALUES(%s)"
            .formatted(
                table,
                String.join(", ", columns),
                String.join(", ", Collections.nCopies(columns.size(), "?"))),
        values);
  }

  private void rebuild(String table, String state, String part) throws SQLException {
    List<Long> orphans =
        fresh.list(
            row -> row.getLong(1),
            "SELECT seq FROM " + table + " WHERE seq NOT IN (SELECT seq FROM jobs)");
    for (long seq : orphans) {
      rebuild(table, state, part, seq);
    }
  }

  private void rebuild(String table, String state, String part, long seq) throws SQLException {
    String card = fresh.first(row -> row.getString(1), card(table), seq).orElseThrow();
    byte[] body =
        fresh
            .first(row -> row.getBytes(1), "SELECT body FROM " + table + " WHERE seq = ?", seq)
            .orElseThrow();
    Object[] known = JobCard.read(card);
    List<String> columns = new ArrayList<>(JobCard.COLUMNS);
    columns.addAll(List.of("seq", "state", "due_at", "request_bytes", "request_crc"));
    List<Object> values = new ArrayList<>(List.of(known));
    long crc = JobRows.checksum((String) known[1], (String) known[0], body);
    boolean request = part.equals("request");
    values.addAll(List.of(seq, state, known[8], request ? body.length : 0, request ? crc : 0));
    insert("jobs", columns, values.toArray());
    fresh.update(
        "UPDATE jobs SET %s_bytes = ?, %s_crc = ? WHERE seq = ?".formatted(part, part),
        body.length,
        crc,
        seq);
  }

  private static String card(String table) {
    return "SELECT card FROM " + table + " WHERE seq = ?";
  }

  private static List<String> jobColumns() {
    List<String> columns = new ArrayList<>();
    columns.add("seq");
    columns.addAll(JobCard.COLUMNS);
    columns.addAll(
        List.of(
            "state",
            "attempts",
            "faults",
            "not_before",
            "due_at",
            "finished_at",
            "fetched_at",
            "error_kind",
            "error",
            "callback_open",
            "callback_attempts",
            "request_bytes",
            "request_crc",
            "result_bytes",
            "result_crc"));
    return columns;
  }
}
