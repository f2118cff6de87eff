package dev.brink.cloud.once;

import dev.brink.cloud.once.KeyStore.Finished;
import dev.brink.cloud.once.KeyStore.Running;
import dev.brink.cloud.once.KeyStore.Standing;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/**
 * An entry of a map of keys: a first byte that says which kind, the id of the node that wrote it,
 * then the claim or the result.
 */
final class KeyEntry {

  private static final byte CLAIM = 'c';
  private static final byte RESULT = 'r';
  private static final int OWNER_OFFSET = 1;
  private static final int CONTENTS_OFFSET = OWNER_OFFSET + 2 * Long.BYTES;

  private KeyEntry() {}

  static Buffer claim(UUID owner, Buffer claim) {
    return entry(CLAIM, owner, claim);
  }

  static Buffer result(UUID owner, Buffer result) {
    return entry(RESULT, owner, result);
  }

  private static Buffer entry(byte kind, UUID owner, Buffer contents) {
    return Buffer.buffer(CONTENTS_OFFSET + contents.length())
        .appendByte(kind)
        .appendLong(owner.getMostSignificantBits())
        .appendLong(owner.getLeastSignificantBits())
        .appendBuffer(contents);
  }

  static boolean isClaim(Buffer entry) {
    return entry.getByte(0) == CLAIM;
  }

  static UUID owner(Buffer entry) {
    return new UUID(entry.getLong(OWNER_OFFSET), entry.getLong(OWNER_OFFSET + Long.BYTES));
  }

  static Standing read(Buffer entry) {
    Buffer contents = entry.getBuffer(CONTENTS_OFFSET, entry.length());
    return isClaim(entry) ? new Running(contents) : new Finished(contents);
  }
}
