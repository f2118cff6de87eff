package dev.brink.edge.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.DoubleSupplier;

/** Calls {@code ModelInfer} on streams of one connection, from one thread. */
final class GrpcLoad implements Load {

  private static final double NANOS = 1e9;

  private final Selector selector;
  private final GrpcConnection connection;
  private final int streams;

  GrpcLoad(int port, byte[] message, int streams) throws IOException {
    this.selector = Selector.open();
    this.streams = streams;
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress("127.0.0.1", port))
            .setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
    connection = new GrpcConnection(channel, message);
  }

  @Override
  public LoadWindow closed(double warmSeconds, double seconds, DoubleSupplier meter)
      throws IOException {
    long from = System.nanoTime() + (long) (warmSeconds * NANOS);
    LoadWindow window = new LoadWindow(from, from + (long) (seconds * NANOS), meter);
    while (!window.isOver(System.nanoTime())) {
      while (connection.underWay() < streams && connection.call(System.nanoTime())) {
        // As many as the server takes.
      }
      exchange(window);
    }
    return window;
  }

  private void exchange(LoadWindow window) throws IOException {
    boolean allWritten = connection.write();
    SelectionKey key = selector.keys().iterator().next();
    key.interestOps(SelectionKey.OP_READ | (allWritten ? 0 : SelectionKey.OP_WRITE));
    selector.select(10);
    selector.selectedKeys().clear();
    connection.read(
        (ok, begunNanos) -> window.answered(ok ? 200 : 0, begunNanos, System.nanoTime()));
  }

  @Override
  public void close() throws IOException {
    connection.close();
    selector.close();
  }
}
