package dev.brink.serving;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of each execution provider that is not used why, and says it once. */
final class ProviderReport {

  private static final Logger LOG = LoggerFactory.getLogger(ProviderReport.class);
  private static final int MAX_SAID = 64;

  private final Set<Refusal> said = ConcurrentHashMap.newKeySet();

  void missing(Refusal refusal) {
    if (said.size() < MAX_SAID && said.add(refusal)) {
      LOG.warn(
          "execution provider missing provider={} error={}",
          refusal.provider().word(),
          refusal.reason());
    }
  }
}
