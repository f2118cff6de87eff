package dev.brink.oip.intake;

import io.netty.buffer.ByteBuf;

/** A body as it comes off a connection; its memory is taken from a lease. */
public interface Arrival {

  /** Copies what comes next; false where there is no memory for it. */
  boolean add(ByteBuf piece);

  /** How much has come so far. */
  int length();

  /** What has come, given up to the caller. */
  Body body(String encoding);
}
