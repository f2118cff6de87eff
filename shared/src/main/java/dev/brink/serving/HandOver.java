package dev.brink.serving;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes answers from an instance's thread to the event loops of their callers. Waking a loop costs
 * more than a short run, so answers that follow one another closely go together. Belongs to one
 * thread.
 */
final class HandOver {

  /** How long an answer may wait for those behind it while the instance goes on. */
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

  boolean isDue(long nowNanos) {
    return !held.isEmpty() && nowNanos - heldSinceNanos >= HELD_NANOS;
  }

  /** Sends what is held on its way. */
  void send() {
    held.forEach(HandOver::send);
    held.clear();
  }

  private static void send(Context caller, List<Runnable> answers) {
    Handler<Void> settleAll = ignored -> answers.forEach(Runnable::run);
    caller.runOnContext(settleAll);
  }
}
