package dev.brink.cloud.once;

import dev.brink.cluster.ClusterListener;
import dev.brink.cluster.ClusterSession;
import dev.brink.inference.InferenceError.Unavailable;
import dev.brink.inference.InferenceException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.shareddata.AsyncMap;
import java.time.Duration;

/**
 * Keys of all cloud nodes, in a map with one backup: the loss of a node loses no key, the loss of
 * all of them loses every key. Before this node has joined nothing is known, and so nothing is run.
 */
public final class ClusterKeyStore implements KeyStore, ClusterListener {

  private static final String MAP = "brink.once";

  private volatile Future<AsyncMap<String, Buffer>> map = notJoined();

  private static <T> Future<T> notJoined() {
    return InferenceException.failed(
        new Unavailable("idempotency keys are not known yet", Duration.ofSeconds(1)));
  }

  @Override
  public void joined(ClusterSession session) {
    map = session.vertx().sharedData().getClusterWideMap(MAP);
  }

  @Override
  public void left(ClusterSession session) {
    map = notJoined();
  }

  @Override
  public Future<Standing> claim(String key, Buffer claim, Duration lease) {
    return map.compose(
            keys -> keys.putIfAbsent(key, KeyEntry.claim(claim), Math.max(1, lease.toMillis())))
        .map(earlier -> earlier == null ? new Claimed() : KeyEntry.read(earlier));
  }

  @Override
  public Future<Void> finish(String key, Buffer claim, Buffer result, Duration ttl) {
    return map.compose(keys -> keys.put(key, KeyEntry.result(result), ttl.toMillis()));
  }

  @Override
  public Future<Void> release(String key, Buffer claim) {
    return map.compose(keys -> keys.removeIfPresent(key, KeyEntry.claim(claim))).mapEmpty();
  }
}
