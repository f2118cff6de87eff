package dev.brink.cloud.once;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** Keys with who runs them or what came of them, forgotten after a time. */
public interface KeyStore {

  /** How a key stands. */
  sealed interface Standing {}

  /** It was free and is the caller's now. */
  record Claimed() implements Standing {}

  /** It is somebody's, who has not finished; {@code claim} is that somebody's. */
  record Running(Buffer claim) implements Standing {}

  /** It is finished. */
  record Finished(Buffer result) implements Standing {}

  /** Takes {@code key} for {@code lease} if it is free. */
  Future<Standing> claim(String key, Buffer claim, Duration lease);

  /** Keeps what came of a claimed key for {@code ttl}. */
  Future<Void> finish(String key, Buffer claim, Buffer result, Duration ttl);

  /** Gives a claimed key back. */
  Future<Void> release(String key, Buffer claim);
}
