package dev.brink.inference;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells everybody who works on a request that its caller has gone: a closed connection, a cancelled
 * call, a hedge that lost. Thread-safe; every action runs once, at once when cancelled already.
 */
public final class Cancellation {

  private List<Runnable> actions = new ArrayList<>(2);
  private boolean cancelled;

  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Runs {@code action} when cancelled; it must be short and must not throw. */
  public void onCancel(Runnable action) {
    synchronized (this) {
      if (!cancelled) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  public void cancel() {
    List<Runnable> pending;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      pending = actions;
      actions = List.of();
    }
    pending.forEach(Runnable::run);
  }

  /** A cancellation that follows this one and can be cancelled alone. */
  public Cancellation child() {
    Cancellation child = new Cancellation();
    onCancel(child::cancel);
    return child;
  }
}
