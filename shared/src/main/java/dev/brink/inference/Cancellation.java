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
  private Registration withParent = () -> {};

  /** An action that waits for a cancellation. */
  @FunctionalInterface
  public interface Registration {

    /** Lets go of the action, which runs no more; without effect once it has run. */
    void forget();
  }

  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /**
   * Runs {@code action} when cancelled; it must be short and must not throw. Whoever is done before
   * a cancellation that lives longer takes the action back.
   */
  public Registration onCancel(Runnable action) {
    synchronized (this) {
      if (!cancelled) {
        actions.add(action);
        return () -> forget(action);
      }
    }
    action.run();
    return () -> {};
  }

  private synchronized void forget(Runnable action) {
    actions.remove(action);
  }

  public void cancel() {
    List<Runnable> pending;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      pending = actions;
      actions = new ArrayList<>(0);
    }
    pending.forEach(Runnable::run);
  }

  /**
   * A cancellation that follows this one and can be cancelled alone; to be {@linkplain #detach()
   * detached} when its part is done.
   */
  public Cancellation child() {
    Cancellation child = new Cancellation();
    child.withParent = onCancel(child::cancel);
    return child;
  }

  /** Follows its parent no more, which lets go of it. */
  public void detach() {
    withParent.forget();
  }

  /** How many actions wait. */
  synchronized int waiting() {
    return actions.size();
  }
}
