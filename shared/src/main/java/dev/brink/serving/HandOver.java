package dev.brink.serving;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/**
 * Takes answers from a worker's thread to the event loops of their callers. Waking a loop costs
 * more than a short run, so answers that follow one another closely go together. Belongs to one
 * thread.
 */
final class HandOver {

  /** How long an answer may wait for those behind it while the worker goes on. */
  private static final long HELD_NANOS = 200_000;

  private final Map<Context, List<Runnable>> held = new HashMap<>();
  private long heldSinceNanos;

  /** Has {@code settle} run on {@code caller}, soon; at once where there is none. */
  void add(Context caller, Runnable settle, long nowNanos) {
    if (caller == null) {
      settle.run();
      return;
    }
    if (held.isEmpty()) {
      heldSinceNanos = nowNanos;
    }
    held.computeIfAbsent(caller, any -> new ArrayList<>()).add(settle);
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** Whether something is held that should not wait until {@code nanos}. */
  boolean isDueBefore(long nanos) {
    return !held.isEmpty() && nanos - heldSinceNanos >= HELD_NANOS;
  }

  /** Sends what is held on its way. */
  void send() {
    held.forEach((caller, answers) -> onCaller(caller, () -> answers.forEach(Runnable::run)));
    held.clear();
  }

  /** Has {@code settle} run on {@code caller}, or here where that has been closed meanwhile. */
  static void onCaller(Context caller, Runnable settle) {
    Handler<Void> task = ignored -> settle.run();
    try {
      caller.runOnContext(task);
    } catch (RejectedExecutionException closed) {
      settle.run();
    }
  }
}
