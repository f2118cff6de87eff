package dev.brink.serving;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
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

  private record Answer(ContextInternal caller, Runnable settle) {

    /** On the caller's event loop. */
    void deliver() {
      caller.emit(ignored -> settle.run());
    }
  }

  /** Each request over HTTP has a context of its own: what they share is the loop. */
  private final Map<EventLoop, List<Answer>> held = new HashMap<>();

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
    ContextInternal context = (ContextInternal) caller;
    held.computeIfAbsent(context.nettyEventLoop(), any -> new ArrayList<>())
        .add(new Answer(context, settle));
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
    if (held.isEmpty()) {
      return;
    }
    Map<EventLoop, List<Answer>> sent = Map.copyOf(held);
    held.clear();
    sent.forEach(HandOver::send);
  }

  private static void send(EventLoop loop, List<Answer> answers) {
    try {
      loop.execute(() -> answers.forEach(Answer::deliver));
    } catch (RejectedExecutionException closed) {
      answers.forEach(answer -> answer.settle().run());
    }
  }
}
