package dev.brink.edge.outbox.store;

import dev.brink.inference.InferenceError.Conflict;
import dev.brink.inference.InferenceError.Internal;
import dev.brink.inference.InferenceError.StorageFull;
import dev.brink.oip.wire.WireError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The moves of jobs, each inside the transaction of whoever calls. A method that refuses does so
 * before it has changed anything.
 */
final class JobTable {

  private static final String RETURNING = " RETURNING " + JobRows.COLUMNS;
  private static final int FORGET_AT_ONCE = 1000;
  private static final long FREE_DISK_MILLIS = 100;

  private final Sql sql;
  private final JobQueries queries;
  private final Tally tally;
  private final StoreSettings settings;
  private final JobClock clock;
  private long lastSequence;
  private long freeDisk = -1;
  private long freeDiskAsked;

  JobTable(Sql sql, Tally tally, StoreSettings settings, JobClock clock) {
    this.sql = sql;
    this.queries = new JobQueries(sql);
    this.tally = tally;
    this.settings = settings;
    this.clock = clock;
  }

  JobQueries queries() {
    return queries;
  }

  /** The job as accepted now, or earlier under the same key. */
  Accepted accept(NewJob job) throws SQLException {
    if (job.key().isEmpty()) {
      return insert(job, "");
    }
    String fingerprint = job.fingerprint().get();
    Optional<Accepted> earlier = withKey(job, fingerprint);
    return earlier.isPresent() ? earlier.get() : insert(job, fingerprint);
  }

  private Optional<Accepted> withKey(NewJob job, String fingerprint) throws SQLException {
    return sql.first(
        row -> {
          if (!row.getString(3).equals(fingerprint)) {
            throw new Conflict("Idempotency-Key: used before for another request").asException();
          }
          return new Accepted(row.getString(1), Instant.ofEpochMilli(row.getLong(2)), true);
        },
        "SELECT id, expires_at, fingerprint FROM jobs"
            + " WHERE tenant = ? AND idempotency_key = ? AND idempotency_key <> ''",
        job.tenant(),
        job.key());
  }

  private Accepted insert(NewJob job, String fingerprint) throws SQLException {
    byte[] body = job.request().get();
    requireRoom(body.length);
    long now = now();
    long expiresAt = now + job.maxAge().toMillis();
    long sequence = ++lastSequence;
    sql.update(
        "INSERT INTO jobs(seq, id, tenant, idempotency_key, fingerprint, model, version, priority,"
            + " state, created_at, expires_at, due_at, traceparent, callback, request_bytes,"
            + " request_crc) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)",
        sequence,
        job.id(),
        job.tenant(),
        job.key(),
        fingerprint,
        job.model(),
        job.version(),
        JobRows.rank(job.priority()),
        now,
        expiresAt,
        expiresAt,
        job.traceparent(),
        job.callback(),
        body.length,
        JobRows.checksum(job.tenant(), job.id(), body));
    sql.update(
        "INSERT INTO requests(seq, card, body) VALUES(?, ?, ?)",
        sequence,
        JobCard.of(job, fingerprint, now, expiresAt),
        body);
    tally.add(JobState.QUEUED, body.length);
    return new Accepted(job.id(), Instant.ofEpochMilli(expiresAt), false);
  }

  private void requireRoom(long bytes) throws SQLException {
    requireFreeDisk(bytes);
    if (hasRoom(bytes)) {
      return;
    }
    for (Job job : queries.fetched(FORGET_AT_ONCE)) {
      forget(job);
    }
    if (!hasRoom(bytes)) {
      throw new StorageFull(
              "outbox is full: %d jobs, %d bytes kept (expected: at most %d jobs, %d bytes)"
                  .formatted(tally.total(), tally.bytes(), settings.maxJobs(), settings.maxBytes()))
          .asException();
    }
  }

  /** Asking the disk for every job would cost as much as writing it. */
  private void requireFreeDisk(long bytes) {
    long now = clock.sinceStart();
    if (freeDisk - bytes < settings.minFree() || now - freeDiskAsked > FREE_DISK_MILLIS) {
      freeDisk = settings.path().toAbsolutePath().getParent().toFile().getUsableSpace();
      freeDiskAsked = now;
    }
    freeDisk -= bytes;
    if (freeDisk < settings.minFree()) {
      throw new StorageFull(
              "the disk is full: %d bytes free (expected: at least %d beside the job's %d)"
                  .formatted(freeDisk + bytes, settings.minFree(), bytes))
          .asException();
    }
  }

  private boolean hasRoom(long bytes) {
    return tally.total() < settings.maxJobs()
        && tally.bytes() + Tally.JOB_OVERHEAD + bytes <= settings.maxBytes();
  }

  /** Takes up to {@code limit} jobs for sending, the most urgent and then the oldest first. */
  List<ClaimedJob> claim(int limit, long nowMillis) throws SQLException {
    List<ClaimedJob> claimed = new ArrayList<>();
    for (Job ready : queries.ready(limit, nowMillis)) {
      Job job = start(ready);
      Optional<byte[]> request = queries.request(job);
      if (request.isPresent()) {
        claimed.add(new ClaimedJob(job, request.get()));
      } else {
        fail(job.id(), WireError.of(new Internal("the request is damaged in the outbox")));
      }
    }
    return claimed;
  }

  private Job start(Job ready) throws SQLException {
    tally.move(JobState.QUEUED, JobState.RUNNING, 0);
    return change(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE seq = ?",
        ready.sequence());
  }

  /** Keeps the answer; empty where the job is no longer running. */
  Optional<Job> complete(String id, byte[] result) throws SQLException {
    Optional<Job> running = inState(id, JobState.RUNNING);
    if (running.isEmpty()) {
      return running;
    }
    Job job = running.get();
    sql.update(
        "INSERT INTO results(seq, card, body) SELECT seq, card, ? FROM requests WHERE seq = ?",
        result,
        job.sequence());
    sql.update("DELETE FROM requests WHERE seq = ?", job.sequence());
    tally.move(JobState.RUNNING, JobState.DONE, result.length - job.requestBytes());
    return Optional.of(
        change(
            "UPDATE jobs SET state = 'done', error_kind = NULL, error = NULL, request_bytes = 0,"
                + " result_bytes = ?, result_crc = ?, finished_at = ?, due_at = ?,"
                + " callback_open = (callback <> ''), not_before = 0 WHERE seq = ?",
            result.length,
            JobRows.checksum(job.tenant(), job.id(), result),
            now(),
            keepUntil(settings.resultTtl()),
            job.sequence()));
  }

  /** Gives up but keeps the request; empty where the job is no longer running. */
  Optional<Job> fail(String id, WireError error) throws SQLException {
    Optional<Job> running = inState(id, JobState.RUNNING);
    if (running.isEmpty()) {
      return running;
    }
    tally.move(JobState.RUNNING, JobState.FAILED, 0);
    return Optional.of(
        change(
            "UPDATE jobs SET state = 'failed', error_kind = ?, error = ?, finished_at = ?,"
                + " due_at = ?, callback_open = (callback <> ''), not_before = 0 WHERE seq = ?",
            error.kind(),
            error.message(),
            now(),
            keepUntil(settings.resultTtl()),
            running.get().sequence()));
  }

  /** Back into the queue, not to be taken before {@code notBeforeMillis}. */
  boolean putBack(String id, WireError error, boolean fault, long notBeforeMillis)
      throws SQLException {
    int changed =
        sql.update(
            "UPDATE jobs SET state = 'queued', error_kind = ?, error = ?, faults = faults + ?,"
                + " not_before = ? WHERE id = ? AND state = 'running'",
            error.kind(),
            error.message(),
            fault ? 1 : 0,
            notBeforeMillis,
            id);
    if (changed > 0) {
      tally.move(JobState.RUNNING, JobState.QUEUED, 0);
    }
    return changed > 0;
  }

  /** Withdraws a pending job; what is finished stays as it is. Empty where there is none. */
  Optional<Job> cancel(String tenant, String id) throws SQLException {
    Optional<Job> found = queries.byId(id).filter(job -> job.tenant().equals(tenant));
    return found.isPresent() && found.get().state().isPending()
        ? Optional.of(end(found.get(), JobState.CANCELLED))
        : found;
  }

  /** A pending job that ends without an answer: its request is of no use any more. */
  private Job end(Job job, JobState state) throws SQLException {
    sql.update("DELETE FROM requests WHERE seq = ?", job.sequence());
    tally.move(job.state(), state, -job.requestBytes());
    return change(
        "UPDATE jobs SET state = ?, request_bytes = 0, finished_at = ?, due_at = ?,"
            + " callback_open = (callback <> ''), not_before = 0 WHERE seq = ?",
        state.wireName(),
        now(),
        keepUntil(settings.resultTtl()),
        job.sequence());
  }

  /** Gives a failed job another life of the same length; empty where it has not failed. */
  Optional<Job> retry(String id) throws SQLException {
    Optional<Job> failed = inState(id, JobState.FAILED);
    if (failed.isEmpty()) {
      return failed;
    }
    Job job = failed.get();
    long expiresAt = now() + Duration.between(job.createdAt(), job.expiresAt()).toMillis();
    tally.move(JobState.FAILED, JobState.QUEUED, 0);
    return Optional.of(
        change(
            "UPDATE jobs SET state = 'queued', attempts = 0, faults = 0, finished_at = NULL,"
                + " fetched_at = NULL, callback_open = 0, callback_attempts = 0, not_before = 0,"
                + " expires_at = ?, due_at = ? WHERE seq = ?",
            expiresAt,
            expiresAt,
            job.sequence()));
  }

  /** Removes a job, whatever its state, with everything kept for it. */
  boolean drop(String id) throws SQLException {
    Optional<Job> job = queries.byId(id);
    if (job.isPresent()) {
      forget(job.get());
    }
    return job.isPresent();
  }

  private void forget(Job job) throws SQLException {
    sql.update("DELETE FROM requests WHERE seq = ?", job.sequence());
    sql.update("DELETE FROM results WHERE seq = ?", job.sequence());
    sql.update("DELETE FROM jobs WHERE seq = ?", job.sequence());
    tally.remove(job.state(), job.requestBytes() + job.resultBytes());
  }

  /** Notes that the outcome was fetched, so that it is not kept for much longer. */
  void fetched(String id) throws SQLException {
    sql.update(
        "UPDATE jobs SET fetched_at = ?, due_at = min(due_at, ?)"
            + " WHERE id = ? AND fetched_at IS NULL AND state NOT IN ('queued', 'running')",
        now(),
        keepUntil(settings.fetchedTtl()),
        id);
  }

  void callbackDone(String id) throws SQLException {
    sql.update("UPDATE jobs SET callback_open = 0 WHERE id = ?", id);
  }

  void callbackLater(String id, long notBeforeMillis) throws SQLException {
    sql.update(
        "UPDATE jobs SET callback_attempts = callback_attempts + 1, not_before = ?"
            + " WHERE id = ? AND callback_open = 1",
        notBeforeMillis,
        id);
  }

  /** Ends what is past its time and forgets what was kept long enough, up to {@code limit}. */
  Swept sweep(int limit) throws SQLException {
    List<Job> due = queries.due(limit, Instant.ofEpochMilli(now()));
    int expired = 0;
    for (Job job : due) {
      if (job.state() == JobState.QUEUED) {
        end(job, JobState.EXPIRED);
        expired++;
      } else {
        forget(job);
      }
    }
    return new Swept(expired, due.size() - expired, due.size() == limit);
  }

  /** After the wall clock was set: moves every time limit with it, so that none is changed. */
  Duration followClock() throws SQLException {
    Duration step = clock.step();
    if (!step.isZero()) {
      sql.update(
          "UPDATE jobs SET expires_at = expires_at + ?, due_at = due_at + ?",
          step.toMillis(),
          step.toMillis());
      clock.follow(step);
    }
    return step;
  }

  /** What a process that was killed left running is queued again, without delay. */
  void recover() throws SQLException {
    sql.update("UPDATE jobs SET state = 'queued' WHERE state = 'running'");
    sql.update("UPDATE jobs SET not_before = 0 WHERE not_before <> 0");
  }

  /** Counts anew, as at the start or after another process has changed the file. */
  void count() throws SQLException {
    tally.clear();
    lastSequence = Math.max(lastSequence, sql.number("SELECT max(seq) FROM jobs"));
    sql.list(
        row -> {
          tally.add(JobRows.state(row.getString(1)), row.getInt(2), row.getLong(3));
          return row.getInt(2);
        },
        "SELECT state, count(*), sum(request_bytes + result_bytes) FROM jobs GROUP BY state");
  }

  private Optional<Job> inState(String id, JobState state) throws SQLException {
    return queries.byId(id).filter(job -> job.state() == state);
  }

  private Job change(String update, Object... values) throws SQLException {
    return sql.first(JobRows::read, update + RETURNING, values)
        .orElseThrow(() -> new SQLException("no row changed: " + update));
  }

  private long now() {
    return clock.millis();
  }

  private long keepUntil(Duration ttl) {
    return now() + ttl.toMillis();
  }
}
