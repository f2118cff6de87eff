package dev.brink.edge.outbox.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is read of jobs, on whatever connection. */
final class JobQueries {

  private static final String SELECT = "SELECT " + JobRows.COLUMNS + " FROM jobs ";

  private final Sql sql;

  JobQueries(Sql sql) {
    this.sql = sql;
  }

  Optional<Job> byId(String id) throws SQLException {
    return sql.first(JobRows::read, SELECT + "WHERE id = ?", id);
  }

  List<Job> list(JobQuery query) throws SQLException {
    List<Object> values = new ArrayList<>();
    String where = query.where(values);
    values.add(query.limit());
    return sql.list(JobRows::read, SELECT + where + " ORDER BY seq LIMIT ?", values.toArray());
  }

  /** Queued jobs that may be sent, the most urgent and then the oldest first. */
  List<Job> ready(int limit, long nowMillis) throws SQLException {
    return sql.list(
        JobRows::read,
        SELECT + "WHERE state = 'queued' AND not_before <= ? ORDER BY priority, seq LIMIT ?",
        nowMillis,
        limit);
  }

  /** Outcomes to be sent to their callers, longest waiting first. */
  List<Job> openCallbacks(int limit, long nowMillis) throws SQLException {
    return sql.list(
        JobRows::read,
        SELECT + "WHERE callback_open = 1 AND not_before <= ? ORDER BY not_before LIMIT ?",
        nowMillis,
        limit);
  }

  /** Jobs past their time, longest first; a running one is let finish. */
  List<Job> due(int limit, Instant now) throws SQLException {
    return sql.list(
        JobRows::read,
        SELECT + "WHERE due_at <= ? AND state <> 'running' ORDER BY due_at LIMIT ?",
        now.toEpochMilli(),
        limit);
  }

  List<Job> fetched(int limit) throws SQLException {
    return sql.list(
        JobRows::read,
        SELECT
            + "WHERE fetched_at IS NOT NULL AND callback_open = 0"
            + " AND state NOT IN ('queued', 'running') ORDER BY fetched_at LIMIT ?",
        limit);
  }

  Optional<Instant> oldestQueued() throws SQLException {
    return sql.first(
            row -> row.getLong(1),
            "SELECT created_at FROM jobs WHERE state = 'queued' ORDER BY seq LIMIT 1")
        .map(Instant::ofEpochMilli);
  }

  /** Empty where it is gone or damaged. */
  Optional<byte[]> request(Job job) throws SQLException {
    return intact(job, "SELECT body, request_crc FROM requests JOIN jobs USING(seq) WHERE seq = ?");
  }

  /** Empty where there is none or it is damaged. */
  Optional<byte[]> result(Job job) throws SQLException {
    return intact(job, "SELECT body, result_crc FROM results JOIN jobs USING(seq) WHERE seq = ?");
  }

  private Optional<byte[]> intact(Job job, String query) throws SQLException {
    Optional<Body> body =
        sql.first(row -> new Body(row.getBytes(1), row.getLong(2)), query, job.sequence());
    return body.filter(found -> found.isIntact(job)).map(Body::bytes);
  }

  private static final class Body {

    private final byte[] bytes;
    private final long checksum;

    Body(byte[] bytes, long checksum) {
      this.bytes = bytes;
      this.checksum = checksum;
    }

    byte[] bytes() {
      return bytes;
    }

    boolean isIntact(Job job) {
      return JobRows.checksum(job.tenant(), job.id(), bytes) == checksum;
    }
  }
}
