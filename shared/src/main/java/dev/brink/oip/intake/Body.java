package dev.brink.oip.intake;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.List;

/**
 * A request's body in memory, in the pieces that it came in until somebody wants it in one. Belongs
 * to whoever reads it.
 */
public final class Body {

  private final int length;
  private final String encoding;
  private List<Buffer> pieces;
  private byte[] bytes;

  /**
   * @param bytes of which the first {@code length} are the body; not copied
   * @param encoding what {@code Content-Encoding} said; empty for none
   */
  public Body(byte[] bytes, int length, String encoding) {
    this.bytes = bytes;
    this.length = length;
    this.encoding = encoding;
  }

  /**
   * @param pieces in order; the caller gives them up
   */
  public Body(List<Buffer> pieces, int length, String encoding) {
    this.pieces = pieces;
    this.length = length;
    this.encoding = encoding;
  }

  public int length() {
    return length;
  }

  public String encoding() {
    return encoding;
  }

  /** An array whose first {@link #length} bytes are the body. */
  public byte[] bytes() {
    if (bytes == null) {
      bytes = pieces.size() == 1 ? whole(pieces.get(0)) : joined();
      pieces = null;
    }
    return bytes;
  }

  private static byte[] whole(Buffer piece) {
    ByteBuf memory = ((BufferInternal) piece).getByteBuf();
    boolean ours = memory.hasArray() && memory.arrayOffset() + memory.readerIndex() == 0;
    return ours ? memory.array() : piece.getBytes();
  }

  private byte[] joined() {
    byte[] all = new byte[length];
    int end = 0;
    for (Buffer piece : pieces) {
      piece.getBytes(all, end);
      end += piece.length();
    }
    return all;
  }
}
