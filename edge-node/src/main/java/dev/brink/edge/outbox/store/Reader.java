package dev.brink.edge.outbox.store;

import dev.brink.inference.InferenceError.Internal;
import dev.brink.inference.InferenceError.Overloaded;
import dev.brink.inference.InferenceException;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that reads, on a connection of its own, so that reading never waits for a commit. */
final class Reader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

  interface Query<T> {
    T read(JobQueries jobs) throws SQLException;
  }

  private final Path file;
  private final ThreadPoolExecutor thread;
  private Sql sql;

  Reader(Path file, int maxWaiting) {
    this.file = file;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxWaiting),
            task -> {
              Thread reader = new Thread(task, "outbox-reader");
              reader.setDaemon(true);
              return reader;
            });
  }

  <T> Future<T> read(Query<T> query) {
    Answer<T> answer = new Answer<>();
    try {
      thread.execute(() -> answer(query, answer));
      return answer.future();
    } catch (RejectedExecutionException full) {
      return InferenceException.failed(
          new Overloaded("too many questions about jobs wait", Duration.ofSeconds(1)));
    }
  }

  private <T> void answer(Query<T> query, Answer<T> answer) {
    try {
      answer.complete(query.read(new JobQueries(connection())));
    } catch (SQLException | RuntimeException failure) {
      LOG.atWarn().addKeyValue("error", failure.getMessage()).log("outbox cannot be read");
      reset();
      answer.fail(new Internal("the outbox cannot be read").asException());
    }
  }

  private Sql connection() throws SQLException {
    if (sql == null) {
      sql = Sql.open(file, List.of("busy_timeout = 5000", "query_only = ON", "cache_size = -2048"));
    }
    return sql;
  }

  /** The next question opens the file anew, which may be another by then. */
  void reopen() {
    thread.execute(this::reset);
  }

  private void reset() {
    try {
      if (sql != null) {
        sql.close();
      }
    } catch (SQLException failure) {
      LOG.atDebug().addKeyValue("error", failure.getMessage()).log("reader not closed cleanly");
    }
    sql = null;
  }

  @Override
  public void close() {
    thread.execute(this::reset);
    thread.shutdown();
  }
}
