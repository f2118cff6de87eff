package dev.brink.cloud.once;

import dev.brink.cloud.once.KeyStore.Finished;
import dev.brink.cloud.once.KeyStore.Running;
import dev.brink.cloud.once.KeyStore.Standing;
import io.vertx.core.buffer.Buffer;

/** An entry of a map of keys: a first byte that says which kind, then the claim or the result. */
final class KeyEntry {

  private static final byte CLAIM = 'c';
  private static final byte RESULT = 'r';

  private KeyEntry() {}

  static Buffer claim(Buffer claim) {
    return Buffer.buffer().appendByte(CLAIM).appendBuffer(claim);
  }

  static Buffer result(Buffer result) {
    return Buffer.buffer().appendByte(RESULT).appendBuffer(result);
  }

  static Standing read(Buffer entry) {
    Buffer contents = entry.getBuffer(1, entry.length());
    return entry.getByte(0) == CLAIM ? new Running(contents) : new Finished(contents);
  }
}
