package dev.brink.cloud.once;

import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Keys of this process alone; the oldest go when there are too many. */
public final class LocalKeyStore implements KeyStore {

  private static final UUID SELF = new UUID(0, 0);

  private record Entry(Buffer value, long expiresAt) {}

  private final int maxKeys;
  private final Ticker ticker;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  public LocalKeyStore(int maxKeys, Ticker ticker) {
    this.maxKeys = maxKeys;
    this.ticker = ticker;
  }

  @Override
  public synchronized Future<Standing> claim(String key, Buffer claim, Duration lease) {
    Entry entry = entries.get(key);
    if (entry != null && entry.expiresAt() - ticker.nanos() > 0) {
      return Future.succeededFuture(KeyEntry.read(entry.value()));
    }
    put(key, KeyEntry.claim(SELF, claim), lease);
    return Future.succeededFuture(new Claimed());
  }

  @Override
  public synchronized Future<Void> finish(String key, Buffer claim, Buffer result, Duration ttl) {
    put(key, KeyEntry.result(SELF, result), ttl);
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Void> release(String key, Buffer claim) {
    Entry entry = entries.get(key);
    if (entry != null && entry.value().equals(KeyEntry.claim(SELF, claim))) {
      entries.remove(key);
    }
    return Future.succeededFuture();
  }

  private void put(String key, Buffer value, Duration ttl) {
    entries.remove(key);
    Iterator<String> oldest = entries.keySet().iterator();
    if (entries.size() >= maxKeys && oldest.hasNext()) {
      oldest.next();
      oldest.remove();
    }
    entries.put(key, new Entry(value, ticker.nanos() + ttl.toNanos()));
  }
}
