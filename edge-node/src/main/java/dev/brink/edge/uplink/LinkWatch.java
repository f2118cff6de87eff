package dev.brink.edge.uplink;

import dev.brink.resilience.Ticker;
import dev.brink.routing.LinkMonitor;
import dev.brink.routing.LinkState;
import dev.brink.routing.TargetPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The link's state, from round trips and from there being anybody to ask; one line per change. */
final class LinkWatch {

  private static final Logger log = LoggerFactory.getLogger(LinkWatch.class);

  private final TargetPool pool;
  private final LinkMonitor monitor;
  private LinkState told = LinkState.OFFLINE;

  LinkWatch(TargetPool pool, Ticker ticker) {
    this.pool = pool;
    this.monitor = new LinkMonitor(LinkState.OFFLINE, ticker);
  }

  LinkState state() {
    return pool.targets().isEmpty() ? LinkState.OFFLINE : monitor.state();
  }

  /** Something came back over the link, be it a refusal. */
  void answered() {
    monitor.succeeded();
    tell();
  }

  /** Something was sent and nothing came back in its time. */
  void unanswered() {
    monitor.failed();
    tell();
  }

  /** A target went. */
  void left() {
    tell();
  }

  private synchronized void tell() {
    LinkState now = state();
    if (now != told) {
      log.atInfo()
          .addKeyValue("from", told.wireName())
          .addKeyValue("to", now.wireName())
          .addKeyValue("targets", pool.targets().size())
          .log("uplink changed state");
      told = now;
    }
  }
}
