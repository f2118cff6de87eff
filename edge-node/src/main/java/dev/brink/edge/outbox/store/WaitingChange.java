package dev.brink.edge.outbox.store;

import dev.brink.inference.InferenceException;
import io.vertx.core.Future;
import java.sql.SQLException;

/** A change with the promise of its result. */
final class WaitingChange<T> {

  private final Change<T> change;
  private final long bytes;
  private final Answer<T> answer = new Answer<>();
  private T result;
  private InferenceException refusal;

  WaitingChange(Change<T> change, long bytes) {
    this.change = change;
    this.bytes = bytes;
  }

  long bytes() {
    return bytes;
  }

  Future<T> future() {
    return answer.future();
  }

  void apply(JobTable jobs) throws SQLException {
    refusal = null;
    try {
      result = change.apply(jobs);
    } catch (InferenceException refused) {
      refusal = refused;
    }
  }

  void committed() {
    if (refusal == null) {
      answer.complete(result);
    } else {
      answer.fail(refusal);
    }
  }

  void fail(Throwable failure) {
    answer.fail(failure);
  }
}
