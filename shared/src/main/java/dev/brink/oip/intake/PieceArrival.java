package dev.brink.oip.intake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** A small body, or one of unknown length, kept in the pieces that it comes in. */
public final class PieceArrival implements Arrival {

  /** What a piece takes beside its bytes; smaller ones are added to the one before. */
  private static final int PIECE_COST = 256;

  private static final int FULL_PIECE = 64 << 10;

  private final MemoryLease lease;
  private final List<ByteBuf> pieces = new ArrayList<>(1);
  private int length;

  public PieceArrival(MemoryLease lease) {
    this.lease = lease;
  }

  @Override
  public boolean add(ByteBuf piece) {
    int size = piece.readableBytes();
    ByteBuf last = pieces.isEmpty() ? null : pieces.getLast();
    boolean joins = last != null && size < PIECE_COST && last.readableBytes() < FULL_PIECE;
    if (!lease.take(joins ? size : size + PIECE_COST)) {
      return false;
    }
    if (joins) {
      growable(last, size).writeBytes(piece, piece.readerIndex(), size);
    } else {
      pieces.add(onHeap(piece));
    }
    length += size;
    return true;
  }

  /** The last piece, with room for {@code more}. */
  private ByteBuf growable(ByteBuf last, int more) {
    if (last.maxWritableBytes() >= more) {
      return last;
    }
    ByteBuf larger = Unpooled.buffer(2 * (last.readableBytes() + more)).writeBytes(last);
    pieces.set(pieces.size() - 1, larger);
    return larger;
  }

  /** Vert.x has copied its pieces to the heap already. */
  private static ByteBuf onHeap(ByteBuf piece) {
    return piece.hasArray() && !piece.isReadOnly() ? piece : Unpooled.copiedBuffer(piece);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public Body body(String encoding) {
    return new Body(pieces, length, encoding);
  }
}
