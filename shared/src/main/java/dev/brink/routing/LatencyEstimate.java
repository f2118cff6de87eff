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
  private DecayingQuantiles steps;

  private volatile double peakNanos = Double.NaN;
  private volatile long typicalNanos;
  private volatile long highNanos;
  private volatile long typicalStepNanos;
  private volatile long highStepNanos;
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
    this.steps = new DecayingQuantiles(memory);
  }

  /**
   * @param place among the calls that were under way when this one started, 1 being alone
   */
  synchronized void add(long latencyNanos, int place, long nowNanos) {
    steps.add(Math.max(0, latencyNanos - pingNanos) / place, nowNanos);
    typicalStepNanos = steps.quantile(0.5);
    highStepNanos = steps.quantile(0.95);
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
  synchronized void addAtLeast(long elapsedNanos, int place, long nowNanos) {
    if (elapsedNanos > typicalNanos) {
      add(elapsedNanos, place, nowNanos);
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
    steps = new DecayingQuantiles(memory);
    typicalStepNanos = 0;
    highStepNanos = 0;
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

  /** What a call takes that starts as the {@code place}-th under way; 0 where nothing is known. */
  long expectedNanos(int place, long nowNanos) {
    return pingNanos + (long) (typicalStepNanos * place * fade(nowNanos));
  }

  /** What 95 % of such calls stay below. */
  long expectedHighNanos(int place, long nowNanos) {
    return pingNanos + (long) (highStepNanos * place * fade(nowNanos));
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
