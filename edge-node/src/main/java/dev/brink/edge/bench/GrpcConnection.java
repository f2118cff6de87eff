package dev.brink.edge.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * As much of an HTTP/2 client (RFC 9113) as it takes to call one method with one message over and
 * over, at hardly any cost: the headers are named once and then referred to. A call counts as
 * answered when a message came before the end of its stream.
 */
final class GrpcConnection implements AutoCloseable {

  /** Is told of every call that has ended. */
  @FunctionalInterface
  interface Listener {
    void ended(boolean answered, long begunNanos);
  }

  private static final String METHOD = "/inference.GRPCInferenceService/ModelInfer";
  private static final int FRAME_HEAD = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int MOST_WINDOW = Integer.MAX_VALUE;

  /** {@code :method POST} and {@code :scheme http}, from the table that every connection has. */
  private static final byte[] KNOWN = {(byte) 0x83, (byte) 0x86};

  /** The four that the first call named, as entries 62 to 65. */
  private static final byte[] NAMED = {(byte) 0xc1, (byte) 0xc0, (byte) 0xbf, (byte) 0xbe};

  private final SocketChannel channel;
  private final byte[] message;
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 20);
  private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 20);
  private final Map<Integer, Call> calls = new HashMap<>();
  private long sendWindow = 65_535;
  private long received;
  private int nextStream = 1;

  private static final class Call {
    private final long begunNanos;
    private boolean answered;

    private Call(long begunNanos) {
      this.begunNanos = begunNanos;
    }
  }

  GrpcConnection(SocketChannel channel, byte[] message) {
    this.channel = channel;
    this.message =
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    out.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(0, SETTINGS, 0, 0);
    widen(MOST_WINDOW - 65_535);
  }

  int underWay() {
    return calls.size();
  }

  /** Begins a call; false where the server takes no more bytes at the moment. */
  boolean call(long nowNanos) {
    if (sendWindow < message.length || out.remaining() < message.length + 256) {
      return false;
    }
    byte[] headers = nextStream == 1 ? first() : referred();
    frame(headers.length, HEADERS, END_HEADERS, nextStream);
    out.put(headers);
    frame(message.length, DATA, END_STREAM, nextStream);
    out.put(message);
    sendWindow -= message.length;
    calls.put(nextStream, new Call(nowNanos));
    nextStream += 2;
    return true;
  }

  private static byte[] first() {
    ByteBuffer block = ByteBuffer.allocate(256).put(KNOWN);
    literal(block, (byte) 0x44, METHOD);
    literal(block, (byte) 0x41, "127.0.0.1");
    literal(block, (byte) 0x5f, "application/grpc");
    block.put((byte) 0x40);
    text(block, "te");
    text(block, "trailers");
    byte[] bytes = new byte[block.position()];
    block.get(0, bytes);
    return bytes;
  }

  private static byte[] referred() {
    return ByteBuffer.allocate(KNOWN.length + NAMED.length).put(KNOWN).put(NAMED).array();
  }

  private static void literal(ByteBuffer block, byte name, String value) {
    block.put(name);
    text(block, value);
  }

  private static void text(ByteBuffer block, String text) {
    block.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void frame(int length, int type, int flags, int stream) {
    out.put((byte) (length >> 16)).putShort((short) length);
    out.put((byte) type).put((byte) flags).putInt(stream);
  }

  private void widen(int by) {
    frame(4, WINDOW_UPDATE, 0, 0);
    out.putInt(by);
  }

  /** Whether all there was is written. */
  boolean write() throws IOException {
    out.flip();
    channel.write(out);
    boolean all = !out.hasRemaining();
    out.compact();
    return all;
  }

  void read(Listener listener) throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the server closed the connection");
    }
    in.flip();
    while (in.remaining() >= FRAME_HEAD && in.remaining() >= FRAME_HEAD + length()) {
      readFrame(listener);
    }
    in.compact();
  }

  private int length() {
    return in.getInt(in.position()) >>> 8;
  }

  private void readFrame(Listener listener) throws IOException {
    int length = in.getInt() >>> 8;
    in.position(in.position() - 1);
    int type = in.get();
    int flags = in.get();
    int stream = in.getInt() & 0x7fffffff;
    int end = in.position() + length;
    switch (type) {
      case DATA -> data(stream, length);
      case RESET -> end(stream, false, listener);
      case SETTINGS -> acknowledgeSettings(flags);
      case PING -> acknowledgePing(flags);
      case GO_AWAY -> throw new EOFException("the server ends the connection");
      case WINDOW_UPDATE -> sendWindow += stream == 0 ? in.getInt() : 0;
      default -> {
        // Headers are not read, priorities and pushes not wanted.
      }
    }
    if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
      end(stream, true, listener);
    }
    in.position(end);
  }

  private void data(int stream, int length) {
    Call call = calls.get(stream);
    if (call != null && length > 5) {
      call.answered = true;
    }
    received += length;
    if (received > MOST_WINDOW / 2) {
      widen((int) received);
      received = 0;
    }
  }

  private void end(int stream, boolean whole, Listener listener) {
    Call call = calls.remove(stream);
    if (call != null) {
      listener.ended(whole && call.answered, call.begunNanos);
    }
  }

  private void acknowledgeSettings(int flags) {
    if ((flags & ACK) == 0) {
      frame(0, SETTINGS, ACK, 0);
    }
  }

  private void acknowledgePing(int flags) {
    if ((flags & ACK) == 0) {
      frame(8, PING, ACK, 0);
      out.putLong(in.getLong());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
