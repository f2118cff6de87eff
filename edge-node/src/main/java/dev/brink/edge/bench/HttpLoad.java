package dev.brink.edge.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * Sends one request over and over on some connections, from one thread. <em>Closed loop</em>: the
 * next when the last is answered. <em>Open loop</em>: at random times of a given rate whether or
 * not the server keeps up; latency then counts from when the request was meant to leave.
 */
final class HttpLoad implements Load {

  private static final double NANOS = 1e9;

  private final int port;
  private final Selector selector;
  private final List<HttpConnection> connections = new ArrayList<>();
  private final Deque<HttpConnection> idle = new ArrayDeque<>();
  private final Deque<Long> due = new ArrayDeque<>();
  private final Random random = new Random(7);
  private long patienceNanos = Long.MAX_VALUE;

  HttpLoad(int port, byte[] request, int count) throws IOException {
    this(port, Collections.nCopies(count, request));
  }

  /**
   * @param requests one for each connection
   */
  HttpLoad(int port, List<byte[]> requests) throws IOException {
    selector = Selector.open();
    this.port = port;
    for (byte[] request : requests) {
      idle.add(connect(ByteBuffer.wrap(request)));
    }
  }

  private HttpConnection connect(ByteBuffer request) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress("127.0.0.1", port))
            .setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    HttpConnection connection = new HttpConnection(channel, request);
    channel.register(selector, SelectionKey.OP_READ, connection);
    connections.add(connection);
    return connection;
  }

  /** Callers who could not even send their request by then have given up. */
  void patience(long millis) {
    patienceNanos = millis * 1_000_000L;
  }

  @Override
  public LoadWindow closed(double warmSeconds, double seconds, DoubleSupplier meter)
      throws IOException {
    return run(0, warmSeconds, seconds, meter);
  }

  LoadWindow open(double rate, double warmSeconds, double seconds, DoubleSupplier meter)
      throws IOException {
    return run(rate, warmSeconds, seconds, meter);
  }

  private LoadWindow run(double rate, double warmSeconds, double seconds, DoubleSupplier meter)
      throws IOException {
    long from = System.nanoTime() + (long) (warmSeconds * NANOS);
    long to = from + (long) (seconds * NANOS);
    LoadWindow window = new LoadWindow(from, to, meter);
    double next = System.nanoTime();
    due.clear();
    while (!window.isOver(System.nanoTime())) {
      long now = System.nanoTime();
      while (rate > 0 && next <= now) {
        due.add((long) next);
        next += -Math.log(1 - random.nextDouble()) / rate * NANOS;
      }
      dropOverdue(now, window);
      while (!idle.isEmpty() && (rate == 0 || !due.isEmpty())) {
        send(idle.poll(), rate == 0 ? now : due.poll());
      }
      await(rate == 0 ? now + 10_000_000L : (long) next);
      for (SelectionKey key : selector.selectedKeys()) {
        advance((HttpConnection) key.attachment(), key, window);
      }
      selector.selectedKeys().clear();
    }
    finish();
    return window;
  }

  private void dropOverdue(long now, LoadWindow window) {
    while (!due.isEmpty() && now - due.peek() > patienceNanos) {
      window.gaveUp(due.poll());
    }
  }

  private void await(long untilNanos) throws IOException {
    long millis = (untilNanos - System.nanoTime()) / 1_000_000L;
    if (millis > 0) {
      selector.select(millis);
    } else {
      selector.selectNow();
    }
  }

  private void send(HttpConnection connection, long intendedNanos) throws IOException {
    connection.begin(intendedNanos);
    if (!connection.write()) {
      connection.channel().keyFor(selector).interestOps(SelectionKey.OP_WRITE);
    }
  }

  private void advance(HttpConnection connection, SelectionKey key, LoadWindow window)
      throws IOException {
    try {
      if (key.isWritable() && connection.write()) {
        key.interestOps(SelectionKey.OP_READ);
      } else if (key.isReadable() && connection.read()) {
        window.answered(connection.status(), connection.begunNanos(), System.nanoTime());
        if (connection.isLasting()) {
          idle.add(connection);
        } else {
          replace(connection);
        }
      }
    } catch (IOException closed) {
      window.answered(0, connection.begunNanos(), System.nanoTime());
      replace(connection);
    }
  }

  private void replace(HttpConnection closed) throws IOException {
    closed.channel().close();
    connections.remove(closed);
    idle.remove(closed);
    idle.add(connect(closed.request()));
  }

  /** Reads what is still under way, so that the next window begins with a quiet server. */
  private void finish() throws IOException {
    LoadWindow ignored = new LoadWindow(0, 0, () -> 0);
    long giveUp = System.nanoTime() + 10_000_000_000L;
    while (idle.size() < connections.size() && System.nanoTime() < giveUp) {
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        advance((HttpConnection) key.attachment(), key, ignored);
      }
      selector.selectedKeys().clear();
    }
  }

  @Override
  public void close() throws IOException {
    for (HttpConnection connection : connections) {
      connection.channel().close();
    }
    selector.close();
  }
}
