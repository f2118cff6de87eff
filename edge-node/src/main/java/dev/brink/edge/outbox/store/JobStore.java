package dev.brink.edge.outbox.store;

import dev.brink.inference.InferenceError.StorageFull;
import dev.brink.inference.InferenceException;
import dev.brink.oip.wire.WireError;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Jobs in one SQLite file. What a future of a change tells is durable. Thread-safe; nothing blocks.
 * Changes fail with storage full where the file cannot be written, with overloaded where too much
 * waits.
 */
public final class JobStore implements AutoCloseable {

  private static final int SWEEP_AT_ONCE = 1000;

  private final StoreSettings settings;
  private final JobClock clock;
  private final GroupCommit writer;
  private final Reader reader;

  private JobStore(StoreSettings settings, InstantSource wall, Ticker ticker) {
    this.settings = settings;
    this.clock = new JobClock(wall, ticker);
    this.reader = new Reader(settings.path(), settings.maxWaiting());
    this.writer =
        new GroupCommit(
            new DatabaseFile(settings, clock), reader::reopen, ticker, settings.maxWaiting());
  }

  /** Starts the threads and returns at once; the file is opened and checked in the background. */
  public static JobStore open(StoreSettings settings, InstantSource wall, Ticker ticker) {
    JobStore store = new JobStore(settings, wall, ticker);
    store.writer.start();
    return store;
  }

  /** Fails with conflict, storage full or overloaded. */
  public Future<Accepted> accept(NewJob job) {
    return writer.submit(job.size(), jobs -> jobs.accept(job));
  }

  /** Takes up to {@code limit} queued jobs for sending. */
  public Future<List<ClaimedJob>> claim(int limit) {
    return writer.submit(0, jobs -> jobs.claim(limit, clock.sinceStart()));
  }

  /** Keeps the answer of a running job; empty where it is running no more. */
  public Future<Optional<Job>> complete(String id, Supplier<byte[]> result) {
    return writer.submit(0, jobs -> jobs.complete(id, result.get()));
  }

  /** Gives up a running job; empty where it is running no more. */
  public Future<Optional<Job>> fail(String id, WireError error) {
    return writer.submit(0, jobs -> jobs.fail(id, error));
  }

  /**
   * Queues a running job again.
   *
   * @param fault whether the attempt counts as a fault of ours or the cloud's
   */
  public Future<Boolean> putBack(String id, WireError error, boolean fault, Duration delay) {
    long notBefore = clock.sinceStart() + delay.toMillis();
    return writer.submit(0, jobs -> jobs.putBack(id, error, fault, notBefore));
  }

  /** Withdraws a pending job and tells how it stands then; empty where the tenant has none such. */
  public Future<Optional<Job>> cancel(String tenant, String id) {
    return writer.submit(0, jobs -> jobs.cancel(tenant, id));
  }

  /** Queues a failed job again; empty where it has not failed. */
  public Future<Optional<Job>> retry(String id) {
    return writer.submit(0, jobs -> jobs.retry(id));
  }

  /** Removes a job whatever its state; false where there is none. */
  public Future<Boolean> drop(String id) {
    return writer.submit(0, jobs -> jobs.drop(id));
  }

  /** Notes that the outcome was fetched: it is not kept for much longer. */
  public Future<Void> fetched(String id) {
    return writer.submit(
        0,
        jobs -> {
          jobs.fetched(id);
          return null;
        });
  }

  public Future<List<Job>> openCallbacks(int limit) {
    return reader.read(jobs -> jobs.openCallbacks(limit, clock.sinceStart()));
  }

  public Future<Void> callbackDone(String id) {
    return writer.submit(
        0,
        jobs -> {
          jobs.callbackDone(id);
          return null;
        });
  }

  public Future<Void> callbackLater(String id, Duration delay) {
    long notBefore = clock.sinceStart() + delay.toMillis();
    return writer.submit(
        0,
        jobs -> {
          jobs.callbackLater(id, notBefore);
          return null;
        });
  }

  /** Follows steps of the wall clock, ends what is past its time, forgets what was kept enough. */
  public Future<Swept> sweep() {
    return writer.submit(
        0,
        jobs -> {
          jobs.followClock();
          return jobs.sweep(SWEEP_AT_ONCE);
        });
  }

  public Future<Optional<Job>> find(String id) {
    return read(jobs -> jobs.byId(id));
  }

  public Future<List<Job>> list(JobQuery query) {
    return read(jobs -> jobs.list(query));
  }

  /** Bytes of the kept answer; empty where there is none or it is damaged. */
  public Future<Optional<byte[]>> result(Job job) {
    return read(jobs -> jobs.result(job));
  }

  /** When the oldest queued job was accepted. */
  public Future<Optional<Instant>> oldestQueued() {
    return read(JobQueries::oldestQueued);
  }

  private <T> Future<T> read(Reader.Query<T> query) {
    String problem = writer.problem();
    return writer.isOpen()
        ? reader.read(query)
        : InferenceException.failed(new StorageFull(problem));
  }

  /** How much is kept, as of the last commit. */
  public Usage usage() {
    return writer.usage();
  }

  /** Why no job can be taken now; empty where all is well. */
  public String problem() {
    return writer.problem();
  }

  /**
   * Transactions whose changes had been acknowledged and were not there when the file was opened:
   * its write-ahead log was damaged, or it was replaced by an older one.
   */
  public long lostCommits() {
    return writer.lost();
  }

  /** Transactions that have changed something, since the start. */
  public long commits() {
    return writer.commits();
  }

  public StoreSettings settings() {
    return settings;
  }

  @Override
  public void close() throws IOException {
    reader.close();
    writer.close();
  }
}
