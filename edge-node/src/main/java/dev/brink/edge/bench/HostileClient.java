package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/** Opens connections of its own and does with them what no client should. */
final class HostileClient {

  private static final String INFER = "POST /v2/models/intent/infer HTTP/1.1\r\nHost: node\r\n";
  private static final String GOOD =
      "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1,1],\"data\":[\"what time"
          + " is it\"]}]}";
  private static final int LIMIT = 64 << 20;
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int AT_ONCE = 4;

  /** Between attempts: who never waits keeps virtual threads of other kinds from running at all. */
  private static final int PAUSE_MILLIS = 10;

  private final int port;
  private final byte[] bomb;

  HostileClient(int port) throws IOException {
    this.port = port;
    this.bomb = bomb();
  }

  /** A quarter of a megabyte that unpacks to 256 MiB. */
  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      byte[] blank = new byte[1 << 20];
      java.util.Arrays.fill(blank, (byte) ' ');
      for (int i = 0; i < 256; i++) {
        out.write(blank);
      }
    }
    return packed.toByteArray();
  }

  /** What is done to one connection; true where an answer is waited for. */
  private interface Attempt {
    boolean send(OutputStream out) throws IOException, InterruptedException;
  }

  /** Starts everything; what has begun goes on until {@code end}. */
  HostileTally[] attack(ExecutorService threads, int slow, long end) {
    HostileTally[] tallies = {
      new HostileTally("a byte a second"),
      repeated(threads, end, "garbage", this::garbage),
      repeated(threads, end, "half a body, then gone", this::half),
      repeated(threads, end, "gzip of 256 MiB", this::bomb),
      repeated(threads, end, "64 MiB + 1, announced", out -> large(out, true)),
      repeated(threads, end, "64 MiB + 1, in chunks", out -> large(out, false)),
      repeated(threads, end, "header of 1 MiB", this::header)
    };
    for (int i = 0; i < slow; i++) {
      threads.execute(() -> tallies[0].add(outcome(out -> trickle(out, end))));
    }
    return tallies;
  }

  private HostileTally repeated(ExecutorService threads, long end, String name, Attempt attempt) {
    HostileTally tally = new HostileTally(name);
    for (int i = 0; i < AT_ONCE; i++) {
      threads.execute(
          () -> {
            while (System.nanoTime() < end) {
              tally.add(outcome(attempt));
              LockSupport.parkNanos(PAUSE_MILLIS * 1_000_000L);
            }
          });
    }
    return tally;
  }

  /** The status that came back; {@code closed} where there was none. */
  private String outcome(Attempt attempt) {
    try (Socket socket = connect()) {
      try {
        if (!attempt.send(socket.getOutputStream())) {
          return "left";
        }
      } catch (IOException refusedMeanwhile) {
        // The answer may be there already.
      }
      String status = status(socket.getInputStream());
      return status.isEmpty() ? "closed" : status;
    } catch (IOException closed) {
      return "closed";
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "stopped";
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
    return socket;
  }

  private static String status(InputStream in) throws IOException {
    byte[] head = in.readNBytes(12);
    return head.length < 12 ? "" : new String(head, 9, 3, StandardCharsets.US_ASCII);
  }

  private boolean garbage(OutputStream out) throws IOException {
    byte[] bytes = new byte[512];
    new Random().nextBytes(bytes);
    out.write(bytes);
    out.write('\n');
    out.write('\n');
    return true;
  }

  private boolean half(OutputStream out) throws IOException {
    ascii(out, INFER + "Content-Length: " + 2 * GOOD.length() + "\r\n\r\n" + GOOD);
    return false;
  }

  private boolean bomb(OutputStream out) throws IOException {
    ascii(out, INFER + "Content-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
    out.write(bomb);
    return true;
  }

  private boolean large(OutputStream out, boolean announced) throws IOException {
    byte[] piece = new byte[64 << 10];
    java.util.Arrays.fill(piece, (byte) ' ');
    ascii(
        out,
        INFER
            + (announced
                ? "Content-Length: " + (LIMIT + 1) + "\r\n\r\n"
                : "Transfer-Encoding: chunked\r\n\r\n"));
    for (int sent = 0; sent <= LIMIT; sent += piece.length) {
      if (!announced) {
        ascii(out, "10000\r\n");
      }
      out.write(piece);
      if (!announced) {
        ascii(out, "\r\n");
      }
    }
    return true;
  }

  private boolean header(OutputStream out) throws IOException {
    ascii(out, INFER + "X-Large: " + "x".repeat(1 << 20) + "\r\n\r\n");
    return true;
  }

  private boolean trickle(OutputStream out, long end) throws IOException, InterruptedException {
    ascii(out, INFER + "Content-Length: 1000\r\n\r\n");
    while (System.nanoTime() < end) {
      out.write(' ');
      Thread.sleep(1000);
    }
    return false;
  }

  private static void ascii(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends a good request on a connection of its own, which must be answered as such. */
  void requireAnswer() throws IOException {
    try (Socket socket = connect()) {
      ascii(
          socket.getOutputStream(),
          INFER + "Content-Length: " + GOOD.length() + "\r\nConnection: close\r\n\r\n" + GOOD);
      String status = status(socket.getInputStream());
      if (!status.equals("200")) {
        throw CommandFailure.failed("a good request was answered with: " + status);
      }
    }
  }
}
