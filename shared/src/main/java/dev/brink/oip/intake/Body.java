package dev.brink.oip.intake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;

/**
 * A request's body in memory, in the pieces that it came in until somebody wants it in one. Belongs
 * to whoever reads it.
 */
public final class Body {

  private final int length;
  private final String encoding;
  private List<ByteBuf> pieces;
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
  public Body(List<ByteBuf> pieces, int length, String encoding) {
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

  private static byte[] whole(ByteBuf piece) {
    boolean ours = piece.hasArray() && piece.arrayOffset() + piece.readerIndex() == 0;
    return ours ? piece.array() : ByteBufUtil.getBytes(piece);
  }

  private byte[] joined() {
    byte[] all = new byte[length];
    int end = 0;
    for (ByteBuf piece : pieces) {
      int size = piece.readableBytes();
      piece.getBytes(piece.readerIndex(), all, end, size);
      end += size;
    }
    return all;
  }
}
