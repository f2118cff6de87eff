package dev.brink.routing;

import dev.brink.resilience.DecayingQuantiles;
import dev.brink.resilience.Ewma;
import dev.brink.resilience.PeakEwma;
import java.time.Duration;

/**
 * How long a target takes, end to end. Without samples every estimate fades toward the last ping:
 * what is not asked because it was slow must be asked again some day. Thread-safe; reading takes no
 * lock.
 */
final class LatencyEstimate {

  private static final long REMOTE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Ewma remote = new Ewma(Duration.ofMillis(500));
  private final Duration memory;
  private final double fadeNanos;
  private final PeakEwma peak;
  private DecayingQuantiles quantiles;

  private volatile double peakNanos = Double.NaN;
  private volatile long typicalNanos;
  private volatile long highNanos;
  private volatile long pingNanos;
  private volatile long previousPingNanos;
  private volatile double remoteNanos;
  private volatile long remoteSince = Long.MIN_VALUE / 2;
  private volatile long lastNanos;

  LatencyEstimate(Duration memory) {
    this.memory = memory;
    this.fadeNanos = 3.0 * memory.toNanos();
    this.peak = new PeakEwma(memory);
    this.quantiles = new DecayingQuantiles(memory);
  }

  synchronized void add(long latencyNanos, long nowNanos) {
    peak.add(latencyNanos, nowNanos);
    quantiles.add(latencyNanos, nowNanos);
    peakNanos = peak.value(nowNanos);
    typicalNanos = quantiles.quantile(0.5);
    highNanos = quantiles.quantile(0.95);
    lastNanos = nowNanos;
  }

  /**
   * A call that was given up after {@code elapsedNanos}: it says something only if that is long.
   */
  synchronized void addAtLeast(long elapsedNanos, long nowNanos) {
    if (elapsedNanos > typicalNanos) {
      add(elapsedNanos, nowNanos);
    }
  }

  /** One slow probe proves nothing: of the last two the faster counts. */
  synchronized void pinged(long roundTripNanos) {
    pingNanos =
        previousPingNanos == 0 ? roundTripNanos : Math.min(previousPingNanos, roundTripNanos);
    previousPingNanos = roundTripNanos;
  }

  /** What the target itself took for a call, queue and run. */
  synchronized void addRemote(long nanos, long nowNanos) {
    remote.add(nanos, nowNanos);
    remoteNanos = remote.mean();
    remoteSince = nowNanos;
  }

  /** What the target itself takes for a call of late; 0 where that is not known. */
  double remoteNanos(long nowNanos) {
    return nowNanos - remoteSince <= REMOTE_NANOS ? remoteNanos : 0;
  }

  /** Forgets what a judgement rests on, so that the next one is fair; the peak stays. */
  synchronized void startAfresh() {
    quantiles = new DecayingQuantiles(memory);
    typicalNanos = 0;
    highNanos = 0;
  }

  boolean isMeasured() {
    return !Double.isNaN(peakNanos);
  }

  synchronized double samples() {
    return quantiles.weight();
  }

  /** What balancing goes by; NaN where not measured. */
  double peakNanos(long nowNanos) {
    return Math.max(pingNanos, peakNanos * fade(nowNanos));
  }

  /** Median of late; the last ping where nothing else is known, and 0 without one. */
  long typicalNanos(long nowNanos) {
    return Math.max(pingNanos, (long) (typicalNanos * fade(nowNanos)));
  }

  /** The faster of the last two probes; 0 before the first. */
  long pingNanos() {
    return pingNanos;
  }

  /** 95 % of late were faster; 0 where not measured. */
  long highNanos() {
    return highNanos;
  }

  private double fade(long nowNanos) {
    long idle = nowNanos - lastNanos;
    return idle < fadeNanos / 16 ? 1 : Math.exp(-idle / fadeNanos);
  }
}
