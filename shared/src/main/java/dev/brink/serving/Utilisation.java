package dev.brink.serving;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import java.util.List;

/** How busy the instances of a node were over about the last second. */
final class Utilisation {

  private static final long WINDOW_NANOS = 1_000_000_000L;

  private final Ticker ticker;
  private long sinceNanos;
  private long busyAtStart;
  private double lastWindow;

  Utilisation(Ticker ticker) {
    this.ticker = ticker;
    this.sinceNanos = ticker.nanos();
  }

  /** Called often; closes a window when it is full. */
  synchronized void sample(List<LoadedModel> models) {
    long now = ticker.nanos();
    if (now - sinceNanos >= WINDOW_NANOS) {
      lastWindow = share(models, now);
      sinceNanos = now;
      busyAtStart = busy(models);
    }
  }

  private double share(List<LoadedModel> models, long now) {
    int instances = models.stream().mapToInt(LoadedModel::instanceCount).sum();
    long elapsed = Math.max(1, now - sinceNanos);
    int atOnce = Math.min(instances, Runtime.getRuntime().availableProcessors());
    double share = (double) (busy(models) - busyAtStart) / elapsed / Math.max(1, atOnce);
    return Math.max(0, Math.min(1, share));
  }

  private static long busy(List<LoadedModel> models) {
    return models.stream().mapToLong(LoadedModel::busyNanos).sum();
  }

  synchronized LoadReport report(List<LoadedModel> models) {
    int inFlight = 0;
    int queued = 0;
    int room = 0;
    long service = 0;
    for (LoadedModel model : models) {
      inFlight += model.inFlight();
      queued += model.waiting();
      room += Math.max(0, model.settings().batching().maxQueue() - model.waiting());
      service = Math.max(service, model.profile().estimate(1));
    }
    return new LoadReport(inFlight, queued, lastWindow, service, room, Long.MAX_VALUE);
  }
}
