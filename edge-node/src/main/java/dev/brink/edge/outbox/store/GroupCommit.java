package dev.brink.edge.outbox.store;

import dev.brink.edge.outbox.store.DatabaseFile.UnusableException;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceError.Internal;
import dev.brink.inference.InferenceError.Overloaded;
import dev.brink.inference.InferenceError.StorageFull;
import dev.brink.inference.InferenceError.Unavailable;
import dev.brink.inference.InferenceException;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. Whatever waits when it comes round is one transaction: the more there
 * is to do, the less each change costs. A change is answered after the commit, never before.
 */
final class GroupCommit implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
  private static final int MAX_GROUP = 512;
  private static final long MAX_WAITING_BYTES = 256L << 20;
  private static final long REOPEN_NANOS = Duration.ofSeconds(5).toNanos();

  private final DatabaseFile file;
  private final Runnable onReplaced;
  private final Ticker ticker;
  private final ArrayBlockingQueue<WaitingChange<?>> waiting;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final LongAdder commits = new LongAdder();
  private final Thread thread = new Thread(this::run, "outbox-writer");
  private volatile boolean closed;
  private volatile boolean open;
  private volatile Usage usage = Usage.NONE;
  private volatile long lost;
  private volatile String problem = "the outbox is being opened";
  private Database database;
  private long lastTry;

  GroupCommit(DatabaseFile file, Runnable onReplaced, Ticker ticker, int maxWaiting) {
    this.file = file;
    this.onReplaced = onReplaced;
    this.ticker = ticker;
    this.waiting = new ArrayBlockingQueue<>(maxWaiting);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * @param bytes that the change keeps in memory while it waits
   * @return fails with overloaded where too much waits, with storage full where nothing can be
   *     written
   */
  <T> Future<T> submit(long bytes, Change<T> change) {
    if (closed) {
      return InferenceException.failed(closing());
    }
    WaitingChange<T> next = new WaitingChange<>(change, bytes);
    boolean fits = waitingBytes.addAndGet(bytes) <= MAX_WAITING_BYTES || bytes == 0;
    if (!fits || !waiting.offer(next)) {
      waitingBytes.addAndGet(-bytes);
      return InferenceException.failed(
          new Overloaded("too many jobs wait to be written", Duration.ofSeconds(1)));
    }
    return next.future();
  }

  Usage usage() {
    return usage;
  }

  /** Whether there is a file to read. */
  boolean isOpen() {
    return open;
  }

  /** Why nothing can be written now; empty where all is well. */
  String problem() {
    return problem;
  }

  /** Commits that had been acknowledged and were gone when the file was opened. */
  long lost() {
    return lost;
  }

  long commits() {
    return commits.sum();
  }

  private void run() {
    List<WaitingChange<?>> group = new ArrayList<>(MAX_GROUP);
    open();
    while (!closed || !waiting.isEmpty()) {
      try {
        takeGroup(group);
        if (!group.isEmpty()) {
          write(group);
        }
      } catch (InterruptedException stop) {
        closed = true;
      } catch (RuntimeException | Error failure) {
        LOG.atError().setCause(failure).log("outbox writer failed");
        failAll(group, new Internal("internal error"));
      }
    }
    closeDatabase();
  }

  private void takeGroup(List<WaitingChange<?>> group) throws InterruptedException {
    group.clear();
    WaitingChange<?> first = waiting.poll(100, TimeUnit.MILLISECONDS);
    if (first != null) {
      group.add(first);
      waiting.drainTo(group, MAX_GROUP - 1);
      group.forEach(change -> waitingBytes.addAndGet(-change.bytes()));
    }
  }

  private void write(List<WaitingChange<?>> group) {
    if (database == null && ticker.nanos() - lastTry >= REOPEN_NANOS) {
      open();
    }
    if (database == null) {
      failAll(group, new StorageFull(problem));
      return;
    }
    String full = file.floor().problem();
    if (!full.isEmpty()) {
      if (problem.isEmpty()) {
        LOG.atWarn().addKeyValue("error", full).log("outbox cannot be written");
      }
      problem = full;
      failAll(group, new StorageFull(full));
      return;
    }
    try {
      apply(group);
    } catch (SQLException failure) {
      database.rollback();
      recover(group, failure);
      return;
    } catch (RuntimeException | Error failure) {
      database.rollback();
      recover(group, new SQLException(failure));
      return;
    }
    tell(group);
  }

  /** What somebody makes of the news must not undo, or repeat, what is on disk. */
  private static void tell(List<WaitingChange<?>> group) {
    for (WaitingChange<?> change : group) {
      try {
        change.committed();
      } catch (RuntimeException | Error failure) {
        LOG.atError().setCause(failure).log("whoever waited for the outbox failed");
      }
    }
  }

  private void apply(List<WaitingChange<?>> group) throws SQLException {
    long before = database.commits();
    database.begin();
    for (WaitingChange<?> change : group) {
      change.apply(database.jobs());
    }
    database.commit(!problem.isEmpty());
    commits.add(database.commits() - before);
    usage = database.usage();
    problem = "";
  }

  /** One bad change must not take the others with it: each is tried alone. */
  private void recover(List<WaitingChange<?>> group, SQLException failure) {
    if (SqliteFailure.of(failure) == SqliteFailure.DAMAGED) {
      replace(failure);
      writeAnew(group);
    } else if (group.size() > 1) {
      List.copyOf(group).forEach(change -> write(List.of(change)));
    } else {
      failAll(group, errorOf(failure));
    }
  }

  private void writeAnew(List<WaitingChange<?>> group) {
    try {
      if (database != null) {
        apply(group);
        tell(group);
        return;
      }
    } catch (SQLException damagedAgain) {
      LOG.atError().addKeyValue("error", damagedAgain.getMessage()).log("outbox damaged again");
      database.rollback();
    }
    failAll(group, new Unavailable("the outbox was damaged", Duration.ofSeconds(1)));
  }

  private InferenceError errorOf(SQLException failure) {
    return switch (SqliteFailure.of(failure)) {
      case NO_ROOM -> {
        if (problem.isEmpty()) {
          LOG.atWarn().addKeyValue("error", failure.getMessage()).log("outbox cannot be written");
        }
        problem = "the outbox cannot be written: " + failure.getMessage();
        yield new StorageFull(problem);
      }
      case BUSY -> new Unavailable("the outbox is locked", Duration.ofSeconds(1));
      case DAMAGED, OTHER -> {
        LOG.atError().setCause(failure).log("outbox change failed");
        yield new Internal("internal error");
      }
    };
  }

  private void open() {
    lastTry = ticker.nanos();
    try {
      database = file.open();
      usage = database.usage();
      lost += database.lost();
      problem = "";
      open = true;
    } catch (UnusableException unusable) {
      problem = "the outbox cannot be used: " + unusable.getMessage();
      LOG.atError().addKeyValue("error", unusable.getMessage()).log("outbox cannot be used");
    }
  }

  private void replace(SQLException failure) {
    closeDatabase();
    try {
      database = file.replace(failure.getMessage());
      open = true;
      usage = database.usage();
    } catch (UnusableException unusable) {
      problem = "the outbox cannot be used: " + unusable.getMessage();
    }
    onReplaced.run();
  }

  private void closeDatabase() {
    try {
      if (database != null) {
        database.close();
      }
    } catch (SQLException failure) {
      LOG.atWarn().addKeyValue("error", failure.getMessage()).log("outbox not closed cleanly");
    }
    open = false;
    database = null;
  }

  private static void failAll(List<WaitingChange<?>> group, InferenceError error) {
    group.forEach(change -> change.fail(error.asException()));
  }

  private static Unavailable closing() {
    return new Unavailable("the outbox is closing", Duration.ofSeconds(1));
  }

  /** Writes what waits and closes the file; returns when that is done, 10 s at most. */
  @Override
  public void close() throws IOException {
    closed = true;
    waiting.offer(new WaitingChange<>(jobs -> null, 0));
    try {
      thread.join(10_000);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    failAll(new ArrayList<>(waiting), closing());
    file.close();
  }
}
