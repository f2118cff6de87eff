package dev.brink.oip.intake;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A large body whose length is known, copied once, into an array of its size. That is not made
 * before an eighth of it is there, or callers could take memory by announcing what they never send.
 */
public final class ArrayArrival implements Arrival {

  private static final int EAGER = 8;

  private final int announced;
  private final MemoryLease lease;
  private byte[] bytes = {};
  private int taken;
  private int length;

  /**
   * @param announced how much will come at most
   */
  public ArrayArrival(int announced, MemoryLease lease) {
    this.announced = announced;
    this.lease = lease;
  }

  @Override
  public boolean add(ByteBuf piece) {
    int size = piece.readableBytes();
    if (size > bytes.length - length && !grow(length + size)) {
      return false;
    }
    piece.getBytes(piece.readerIndex(), bytes, length, size);
    length += size;
    return true;
  }

  private boolean grow(int least) {
    int wanted = least >= announced / EAGER ? announced : Math.max(least, 2 * bytes.length);
    if (wanted < least || !lease.take(wanted - taken)) {
      return false;
    }
    taken = wanted;
    bytes = Arrays.copyOf(bytes, wanted);
    return true;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public Body body(String encoding) {
    return new Body(bytes, length, encoding);
  }
}
