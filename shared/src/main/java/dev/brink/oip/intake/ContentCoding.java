package dev.brink.oip.intake;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** The content codings of bodies: gzip and deflate. */
public enum ContentCoding {
  IDENTITY,
  GZIP,
  DEFLATE;

  private static final int FIRST_PIECE = 64 << 10;

  /** What {@code Content-Encoding} names; empty for any other coding. */
  public static Optional<ContentCoding> named(String header) {
    return switch (header.strip().toLowerCase(Locale.ROOT)) {
      case "", "identity" -> Optional.of(IDENTITY);
      case "gzip", "x-gzip" -> Optional.of(GZIP);
      case "deflate" -> Optional.of(DEFLATE);
      default -> Optional.empty();
    };
  }

  /**
   * The coding to answer in to a caller who sent this {@code Accept-Encoding}: gzip where it is
   * taken, for what deflate means is not agreed upon.
   */
  public static ContentCoding accepted(String header) {
    if (takes(header, "gzip")) {
      return GZIP;
    }
    return takes(header, "deflate") ? DEFLATE : IDENTITY;
  }

  private static boolean takes(String header, String coding) {
    for (String item : header.isEmpty() ? new String[0] : header.split(",")) {
      String[] parts = item.strip().toLowerCase(Locale.ROOT).split(";", 2);
      boolean refused = parts.length > 1 && parts[1].replace(" ", "").matches("q=0(\\.0*)?");
      if (!refused && parts[0].strip().equals(coding)) {
        return true;
      }
    }
    return false;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The body unpacked, its memory taken from {@code lease} piece by piece, so that a small body
   * that unpacks to a huge one is refused early.
   *
   * @throws InferenceException (invalid request, too large, overloaded)
   */
  public Body unpack(Body packed, long limit, MemoryLease lease) {
    if (this == IDENTITY) {
      return packed;
    }
    try (InputStream in = unpacking(packed)) {
      return read(in, limit, lease);
    } catch (IOException malformed) {
      throw InferenceError.invalid(
          "request body is not valid " + wireName() + ": " + malformed.getMessage());
    }
  }

  private InputStream unpacking(Body packed) throws IOException {
    InputStream in = new ByteArrayInputStream(packed.bytes(), 0, packed.length());
    if (this == GZIP) {
      return new GZIPInputStream(in, 8192);
    }
    boolean wrapped = packed.length() >= 2 && (packed.bytes()[0] & 0x0f) == 8 && isZlib(packed);
    return new InflatingStream(in, new Inflater(!wrapped));
  }

  /** Some clients send "deflate" without the zlib header that the standard wants. */
  private static boolean isZlib(Body packed) {
    return (((packed.bytes()[0] & 0xff) << 8) + (packed.bytes()[1] & 0xff)) % 31 == 0;
  }

  private static Body read(InputStream in, long limit, MemoryLease lease) throws IOException {
    byte[] bytes = {};
    int length = 0;
    while (true) {
      if (length == bytes.length) {
        bytes = grow(bytes, limit, lease);
      }
      int count = in.read(bytes, length, bytes.length - length);
      if (count < 0) {
        return new Body(bytes, length, "");
      }
      length += count;
      if (length > limit) {
        throw new InferenceError.TooLarge(
                "unpacked request body exceeds the maximum allowed input size of %d bytes"
                    .formatted(limit))
            .asException();
      }
    }
  }

  private static byte[] grow(byte[] bytes, long limit, MemoryLease lease) {
    int capacity = (int) Math.min(Math.max(FIRST_PIECE, 2L * bytes.length), limit + 1);
    if (!lease.take(capacity - bytes.length)) {
      throw new InferenceError.Overloaded(
              "no memory left for request bodies", java.time.Duration.ofSeconds(1))
          .asException();
    }
    return Arrays.copyOf(bytes, capacity);
  }

  public byte[] pack(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(bytes.length / 2 + 64);
    try (OutputStream out = packing(packed)) {
      out.write(bytes);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return packed.toByteArray();
  }

  /** Gives the inflater's memory back, which lies outside the heap, as soon as it is done. */
  static final class InflatingStream extends InflaterInputStream {
    InflatingStream(InputStream in, Inflater inflater) {
      super(in, inflater, 8192);
    }

    @Override
    public void close() throws IOException {
      super.close();
      inf.end();
    }
  }

  private OutputStream packing(OutputStream out) throws IOException {
    return switch (this) {
      case IDENTITY -> out;
      case GZIP -> new FastGzip(out);
      case DEFLATE ->
          new DeflaterOutputStream(out, new Deflater(Deflater.BEST_SPEED)) {
            @Override
            public void close() throws IOException {
              super.close();
              def.end();
            }
          };
    };
  }

  /** Gzip at the fastest level. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
