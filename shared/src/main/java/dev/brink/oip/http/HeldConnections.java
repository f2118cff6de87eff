package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Keeps refusals from eating up what there is to answer with: refusing a small request costs a good
 * part of what answering it does, and whoever was refused may ask again at once. Each event loop
 * writes so many refusals a second; connections on which there was one beyond that are not read
 * until it is their turn, a second later at most, and what their callers send meanwhile waits.
 */
final class HeldConnections {

  private static final int STEP_MILLIS = 10;
  private static final int STEPS_A_SECOND = 1000 / STEP_MILLIS;
  static final int REFUSALS_A_SECOND = 1_000;
  private static final int REFUSALS_A_STEP = REFUSALS_A_SECOND / STEPS_A_SECOND;

  private final Map<EventLoop, Held> loops = new ConcurrentHashMap<>();

  /** {@code exchange} is answered with {@code error}; on its event loop. */
  void failed(Exchange exchange, InferenceError error) {
    boolean own = exchange.request().version() != HttpVersion.HTTP_2;
    if (own
        && error instanceof InferenceError.Overloaded
        && exchange.request().connection() instanceof ConnectionBase connection) {
      Channel channel = connection.channel();
      afterEnd(exchange.request(), () -> refused(channel));
    }
  }

  /** Not before the request has been read, or who writes first and reads later would hang. */
  private static void afterEnd(HttpServerRequest request, Runnable action) {
    if (request.isEnded()) {
      action.run();
    } else {
      request.end().onSuccess(ended -> action.run());
    }
  }

  void refused(Channel channel) {
    if (channel.eventLoop().inEventLoop()) {
      loops.computeIfAbsent(channel.eventLoop(), Held::new).refused(channel);
    }
  }

  /** Those of one event loop, on which all of this runs. */
  private static final class Held {

    private final EventLoop loop;
    private final Deque<Channel> waiting = new ArrayDeque<>();
    private int left = REFUSALS_A_STEP;
    private boolean counting;

    Held(EventLoop loop) {
      this.loop = loop;
    }

    void refused(Channel channel) {
      if (left > 0) {
        left--;
      } else {
        loop.execute(() -> hold(channel));
      }
      count();
    }

    /**
     * After what is being read has been handled: a connection that is not read then is one that
     * Vert.x holds, or that is held already, and nobody but who holds it may have it read again.
     */
    private void hold(Channel channel) {
      if (channel.isActive() && channel.config().isAutoRead()) {
        channel.config().setAutoRead(false);
        waiting.add(channel);
        count();
      }
    }

    private void count() {
      if (!counting) {
        counting = true;
        loop.schedule(this::step, STEP_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void step() {
      counting = false;
      left = Math.max(REFUSALS_A_STEP, Math.ceilDiv(waiting.size(), STEPS_A_SECOND));
      for (; left > 0 && !waiting.isEmpty(); left--) {
        waiting.poll().config().setAutoRead(true);
      }
      left = Math.min(left, REFUSALS_A_STEP);
      if (!waiting.isEmpty() || left < REFUSALS_A_STEP) {
        count();
      }
    }
  }
}
