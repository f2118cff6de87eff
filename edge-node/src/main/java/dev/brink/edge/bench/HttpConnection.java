package dev.brink.edge.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection that is at most at one request; understands answers with a Content-Length. */
final class HttpConnection {

  private static final int MAX_HEAD_BYTES = 16_384;

  private final SocketChannel channel;
  private final ByteBuffer request;
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
  private final byte[] head = new byte[MAX_HEAD_BYTES];
  private int headLength;
  private long bodyLeft;
  private boolean inBody;
  private int status;
  private boolean lasting = true;
  private long begunNanos;

  HttpConnection(SocketChannel channel, ByteBuffer request) {
    this.channel = channel;
    this.request = request;
  }

  SocketChannel channel() {
    return channel;
  }

  ByteBuffer request() {
    return request;
  }

  void begin(long nanos) {
    begunNanos = nanos;
    request.clear();
    headLength = 0;
    inBody = false;
  }

  long begunNanos() {
    return begunNanos;
  }

  int status() {
    return status;
  }

  /** Whether the server goes on with this connection. */
  boolean isLasting() {
    return lasting;
  }

  /** Whether all of the request is written. */
  boolean write() throws IOException {
    channel.write(request);
    return !request.hasRemaining();
  }

  /** Whether all of the answer is read. */
  boolean read() throws IOException {
    while (true) {
      in.clear();
      int count = channel.read(in);
      if (count < 0) {
        throw new EOFException("the server closed a connection");
      }
      if (count == 0) {
        return false;
      }
      in.flip();
      if (!inBody) {
        readHead();
      }
      bodyLeft -= in.remaining();
      if (inBody && bodyLeft <= 0) {
        return true;
      }
    }
  }

  private void readHead() throws IOException {
    while (in.hasRemaining() && !inBody) {
      if (headLength == head.length) {
        throw new IOException("the answer's head is too long");
      }
      head[headLength++] = in.get();
      inBody = headLength >= 4 && endsHead();
    }
    if (inBody) {
      String text = new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
      status = Integer.parseInt(text.substring(9, 12));
      bodyLeft = contentLength(text);
      lasting = !text.toLowerCase(Locale.ROOT).contains("\r\nconnection: close");
    } else {
      bodyLeft = Long.MAX_VALUE;
    }
  }

  private boolean endsHead() {
    return head[headLength - 1] == '\n'
        && head[headLength - 2] == '\r'
        && head[headLength - 3] == '\n';
  }

  private static long contentLength(String head) throws IOException {
    String lower = head.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("\r\ncontent-length:");
    if (at < 0) {
      throw new IOException("an answer without Content-Length: " + head);
    }
    int end = lower.indexOf('\r', at + 2);
    return Long.parseLong(lower.substring(at + 17, end).strip());
  }
}
