package dev.brink.edge.outbox.store;

import dev.brink.oip.wire.WireError;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Rows of the table of jobs as {@link Job}s. */
final class JobRows {

  static final String COLUMNS =
      "seq, id, tenant, model, version, priority, state, attempts, faults, created_at, expires_at,"
          + " finished_at, error_kind, error, traceparent, callback, callback_attempts,"
          + " request_bytes, result_bytes";

  /** What a job without a priority of its own stands at, so that every named one goes before. */
  static final int DEFAULT_RANK = Integer.MAX_VALUE;

  /** SQLite's own code, for damage that it cannot see itself. */
  private static final int CORRUPT = 11;

  private JobRows() {}

  static int rank(int priority) {
    return priority == 0 ? DEFAULT_RANK : priority;
  }

  static Job read(ResultSet row) throws SQLException {
    int rank = row.getInt(6);
    return new Job(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        rank == DEFAULT_RANK ? 0 : rank,
        state(row.getString(7)),
        row.getInt(8),
        row.getInt(9),
        Instant.ofEpochMilli(row.getLong(10)),
        Instant.ofEpochMilli(row.getLong(11)),
        finishedAt(row.getLong(12)),
        error(row.getString(13), row.getString(14)),
        row.getString(15),
        row.getString(16),
        row.getInt(17),
        row.getLong(18),
        row.getLong(19));
  }

  private static Optional<Instant> finishedAt(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  private static Optional<WireError> error(String kind, String message) {
    return kind == null ? Optional.empty() : Optional.of(new WireError(kind, message, 0));
  }

  static JobState state(String name) throws SQLException {
    return JobState.of(name)
        .orElseThrow(() -> new SQLException("state of a job: " + name, null, CORRUPT));
  }

  /** Of the contents and of whose they are, so that damage the database cannot see is seen. */
  static long checksum(String tenant, String id, byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update((tenant + '/' + id).getBytes(StandardCharsets.UTF_8));
    crc.update(body);
    return crc.getValue();
  }
}
