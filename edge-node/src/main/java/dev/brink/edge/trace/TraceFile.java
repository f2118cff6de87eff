package dev.brink.edge.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of trace lines that never grows beyond its bound. Lines are taken on any thread without
 * waiting and written by {@link #flush}; what comes faster than it is written is dropped.
 */
final class TraceFile {

  private static final Logger LOG = LoggerFactory.getLogger(TraceFile.class);
  private static final int MOST_WAITING = 4 << 20;

  private final Path file;
  private final long mostBytes;
  private final Object writing = new Object();
  private StringBuilder waiting = new StringBuilder();
  private long dropped;
  private volatile boolean full;
  private boolean begun;

  TraceFile(Path file, long mostBytes) {
    this.file = file.toAbsolutePath();
    this.mostBytes = mostBytes;
  }

  boolean isFull() {
    return full;
  }

  synchronized void add(TraceLine line) {
    if (waiting.length() > MOST_WAITING) {
      dropped++;
    } else {
      waiting.append(line.written());
    }
  }

  /** Blocks. A file that was begun before is continued; one that cannot be written ends it all. */
  void flush() {
    synchronized (writing) { // adding a line must not wait for this
      write(taken());
    }
  }

  private void write(String lines) {
    if (full || lines.isEmpty()) {
      return;
    }
    try {
      append(lines);
    } catch (IOException refused) {
      full = true;
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("error", refused.toString())
          .log("recording has ended");
    }
  }

  private synchronized String taken() {
    String lines = waiting.toString();
    waiting = new StringBuilder();
    if (dropped > 0) {
      LOG.atWarn().addKeyValue("lines", dropped).log("not recorded: too many at once");
      dropped = 0;
    }
    return lines;
  }

  private void append(String lines) throws IOException {
    Files.createDirectories(file.getParent());
    if (!begun) {
      takeOffCutLine();
      begun = true;
    }
    long size = Files.exists(file) ? Files.size(file) : 0;
    String text = size == 0 ? TraceLine.HEADER + System.lineSeparator() + lines : lines;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > mostBytes - size) {
      full = true;
      bytes = wholeLines(bytes, mostBytes - size);
      LOG.atWarn().addKeyValue("file", file).log("the trace is full, recording has ended");
    }
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** What a node left that ended while it wrote. */
  private void takeOffCutLine() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    requireTrace();
    try (SeekableByteChannel bytes =
        Files.newByteChannel(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      long end = bytes.size();
      while (end > 0 && last(bytes, end, one) != '\n') {
        end--;
      }
      bytes.truncate(end);
    }
  }

  /** What somebody else wrote stays as it is. */
  private void requireTrace() throws IOException {
    try (InputStream beginning = Files.newInputStream(file)) {
      byte[] read = beginning.readNBytes(TraceLine.HEADER.length());
      if (!TraceLine.HEADER.startsWith(new String(read, StandardCharsets.UTF_8))) {
        throw new IOException("is no trace (expected: first line " + TraceLine.HEADER + ")");
      }
    }
  }

  private static byte last(SeekableByteChannel bytes, long end, ByteBuffer one) throws IOException {
    bytes.position(end - 1).read(one.clear());
    return one.get(0);
  }

  private static byte[] wholeLines(byte[] bytes, long room) {
    int end = (int) Math.max(0, room);
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }
}
