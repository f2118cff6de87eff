package dev.brink.edge.outbox.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** A promise that is kept on the Vert.x context of whoever asked, where there is one. */
final class Answer<T> {

  private final Context context = Vertx.currentContext();
  private final Promise<T> promise = Promise.promise();

  Future<T> future() {
    return promise.future();
  }

  void complete(T result) {
    tell(() -> promise.tryComplete(result));
  }

  void fail(Throwable failure) {
    tell(() -> promise.tryFail(failure));
  }

  private void tell(Runnable outcome) {
    if (context == null) {
      outcome.run();
    } else {
      context.runOnContext(ignored -> outcome.run());
    }
  }
}
