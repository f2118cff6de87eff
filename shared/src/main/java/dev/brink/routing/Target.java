package dev.brink.routing;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.resilience.OutlierEjection;
import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** One node that can be asked, and what is known of it. Thread-safe. */
public final class Target implements Selection {

  /** A queue in front of a server that is 85 % busy, or of one that batches and is just full. */
  private static final double KNEE_SLOWDOWN = 4.5;

  private static final long LONGEST_REFUSAL_NANOS = Duration.ofSeconds(1).toNanos();

  /** Share of the time left that calls beside others may be expected to take. */
  private static final double IN_COMPANY = 0.875;

  /** A server that does not tell what it holds can be asked for anything. */
  private static final int MOST_MODELS = 256;

  private final String name;
  private final double weight;
  private final TargetPoolSettings settings;
  private final OutlierEjection outliers;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final CircuitBreaker breaker;
  private final LatencyEstimate latency;
  private final Map<String, ModelCalls> calls = new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong inFlightBytes = new AtomicLong();

  private volatile boolean reachable = true;
  private volatile Set<String> models;
  private volatile LoadReport report;
  private volatile long reportedNanos;
  private volatile long ejectedUntil = Long.MIN_VALUE;
  private int relapses;

  Target(
      String name,
      double weight,
      TargetPoolSettings settings,
      Ticker ticker,
      RandomGenerator random) {
    this.name = name;
    this.weight = weight;
    this.settings = settings;
    this.outliers = settings.ejection();
    this.ticker = ticker;
    this.random = random;
    this.breaker = new CircuitBreaker(settings.breaker(), ticker, random);
    this.latency = new LatencyEstimate(settings.memory());
  }

  public String name() {
    return name;
  }

  double weight() {
    return weight;
  }

  public int inFlight() {
    return inFlight.get();
  }

  public CircuitBreaker.State breakerState() {
    return breaker.state();
  }

  /** What rode on a reply or came with a heartbeat. */
  public void report(LoadReport latest) {
    report = latest;
    reportedNanos = ticker.nanos();
  }

  /** The models the node says it holds; before it does, it may hold any. */
  public void holds(Set<String> names) {
    models = Set.copyOf(names);
  }

  /** A probe that ran no model came back. */
  public void pinged(long roundTripNanos) {
    latency.pinged(roundTripNanos);
    reachable = true;
  }

  /** Probes do not come back; the target is left alone until {@link #pinged} or a success. */
  public void unreachable() {
    reachable = false;
  }

  /** Starts a call of {@code bytes}; its outcome must be told. */
  Call start(String model, long bytes) {
    breaker.tryAcquire();
    int place = inFlight.incrementAndGet();
    inFlightBytes.addAndGet(bytes);
    return new Call(this, model, callsOf(model), bytes, place, ticker.nanos());
  }

  /** Of a model beyond the first few hundred nothing is remembered. */
  private ModelCalls callsOf(String model) {
    ModelCalls known = calls.get(model);
    if (known != null) {
      return known;
    }
    return calls.size() < MOST_MODELS
        ? calls.computeIfAbsent(model, name -> new ModelCalls(settings.memory()))
        : new ModelCalls(settings.memory());
  }

  boolean mayHold(String model) {
    Set<String> known = models;
    return known == null || known.contains(model);
  }

  /** Whether it says that it holds the model, rather than nothing. */
  boolean isKnownToHold(String model) {
    Set<String> known = models;
    return known != null && known.contains(model);
  }

  /** Whether its calls keep failing. */
  boolean isFailing(long nowNanos) {
    return !breaker.allows(nowNanos);
  }

  boolean isHealthy(long nowNanos) {
    return reachable && breaker.allows(nowNanos) && nowNanos >= ejectedUntil;
  }

  /** Whether it said of late that it has no room for requests of {@code model}. */
  boolean refuses(String model, long nowNanos) {
    ModelCalls known = calls.get(model);
    return known != null && known.isRefused(nowNanos);
  }

  boolean isEjected(long nowNanos) {
    return nowNanos < ejectedUntil;
  }

  boolean hasCredit(long bytes, long nowNanos) {
    LoadReport fresh = freshReport(nowNanos);
    long volume = settings.maxInFlightBytes().bytes();
    if (fresh != null) {
      volume = Math.min(volume, Math.max(bytes, fresh.creditBytes()));
    }
    return room(nowNanos) > 0 && (inFlight.get() == 0 || inFlightBytes.get() + bytes <= volume);
  }

  /** How many more requests it takes now. */
  int room(long nowNanos) {
    LoadReport fresh = freshReport(nowNanos);
    int most = settings.maxInFlight();
    int granted = fresh == null ? most : Math.min(most, Math.max(1, fresh.creditRequests()));
    return Math.max(0, granted - inFlight.get());
  }

  /** Whether its probes come back. */
  public boolean isReachable() {
    return reachable;
  }

  /** A typical call of late, 0 where nothing is known. */
  long typicalNanos(long nowNanos) {
    long typical = latency.typicalNanos(nowNanos);
    LoadReport fresh = freshReport(nowNanos);
    return latency.isMeasured() || fresh == null
        ? typical
        : typical + fresh.serviceNanos() * (1 + fresh.queued());
  }

  /** What a call takes that starts now, by what is under way. */
  long expectedNanos(String model, long nowNanos) {
    return expectedNanos(model, inFlight.get() + 1, nowNanos);
  }

  private long expectedNanos(String model, int place, long nowNanos) {
    ModelCalls known = calls.get(model);
    return known != null && known.isMeasured()
        ? latency.pingNanos() + known.expectedNanos(place, nowNanos)
        : typicalNanos(nowNanos);
  }

  long expectedHighNanos(String model, long nowNanos) {
    ModelCalls known = calls.get(model);
    long expected = expectedNanos(model, nowNanos);
    return known == null
        ? expected
        : Math.max(expected, latency.pingNanos() + known.highNanos(inFlight.get() + 1, nowNanos));
  }

  /** Whether a call that starts now is likely to be answered within {@code leftNanos}. */
  boolean isInTime(String model, long leftNanos, long nowNanos) {
    return inFlight.get() == 0
        ? expectedNanos(model, 1, nowNanos) <= leftNanos
        : expectedNanos(model, nowNanos) <= IN_COMPANY * leftNanos;
  }

  /** Whether it would be if nothing else were under way. */
  boolean wouldBeInTime(String model, long leftNanos, long nowNanos) {
    return expectedNanos(model, 1, nowNanos) <= leftNanos;
  }

  /** The less, the sooner it is asked: what is not measured yet is probed, one call at a time. */
  double cost(long nowNanos) {
    int waiting = inFlight.get();
    if (!latency.isMeasured()) {
      return waiting == 0 ? 0 : Double.MAX_VALUE;
    }
    LoadReport fresh = freshReport(nowNanos);
    double queue = fresh == null ? 0 : (double) fresh.queued() * fresh.serviceNanos();
    return (latency.peakNanos(nowNanos) * (waiting + 1) + queue) / weight;
  }

  boolean isMeasured() {
    return latency.isMeasured();
  }

  long highNanos() {
    return latency.highNanos();
  }

  /**
   * How near the target is to its knee, 1 being there. A target that batches is busy all the time
   * long before it is full, so what counts is how much longer calls take there than on an idle
   * node; only where calls do not say, the busy share and the queue.
   */
  double load(long nowNanos) {
    LoadReport fresh = freshReport(nowNanos);
    if (fresh == null || fresh.serviceNanos() <= 0) {
      return fresh == null ? 0 : fresh.utilisation();
    }
    double remote = latency.remoteNanos(nowNanos);
    return remote > 0
        ? remote / fresh.serviceNanos() / KNEE_SLOWDOWN
        : Math.min(0.85, fresh.utilisation()) + fresh.queued() * fresh.serviceNanos() / 1e8;
  }

  String verdict(String model, long bytes, long left, Set<String> excluded, long now) {
    if (!mayHold(model)) {
      return "model-not-held";
    } else if (excluded.contains(name)) {
      return "excluded";
    } else if (!reachable) {
      return "unreachable";
    } else if (!breaker.allows(now)) {
      return "breaker-open";
    } else if (now < ejectedUntil) {
      return "ejected";
    } else if (refuses(model, now)) {
      return "refusing";
    } else if (!hasCredit(bytes, now)) {
      return "no-credit";
    }
    return isInTime(model, left, now) ? "candidate" : "too-late";
  }

  Candidate candidate(String model, long bytes, long left, Set<String> excluded, long now) {
    return new Candidate(
        name,
        verdict(model, bytes, left, excluded, now),
        expectedNanos(model, now),
        inFlight.get(),
        cost(now));
  }

  /** Leaves the pool for a while where it is far slower than the others. */
  synchronized void compare(long medianOfOthersNanos, int out, int peers) {
    long now = ticker.nanos();
    if (now < ejectedUntil) {
      return;
    }
    double samples = latency.samples();
    if (outliers.ejects(latency.typicalNanos(now), samples, medianOfOthersNanos, out, peers)) {
      ejectedUntil = now + outliers.ejection().delay(relapses, random).toNanos();
      relapses++;
      latency.startAfresh();
      calls.clear();
    } else if (samples > 4 * outliers.minimumSamples()) {
      relapses = 0;
    }
  }

  private LoadReport freshReport(long nowNanos) {
    LoadReport latest = report;
    return latest != null && nowNanos - reportedNanos <= settings.reportTtl().toNanos()
        ? latest
        : null;
  }

  /** One call under way; only the first outcome told counts. */
  public static final class Call {

    private final Target target;
    private final String modelName;
    private final ModelCalls model;
    private final long bytes;
    private final int place;
    private final long startedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean lettingOthersPass;

    private Call(
        Target target,
        String modelName,
        ModelCalls model,
        long bytes,
        int place,
        long startedNanos) {
      this.place = place;
      this.target = target;
      this.modelName = modelName;
      this.model = model;
      this.bytes = bytes;
      this.startedNanos = startedNanos;
    }

    public Target target() {
      return target;
    }

    /** It is done when there is nothing better to do; how long that takes says nothing. */
    public Call lettingOthersPass() {
      lettingOthersPass = true;
      return this;
    }

    /**
     * The target answered, and took {@code remoteNanos} for it, queue and run, by its own account.
     */
    public void succeeded(long remoteNanos) {
      if (!ended.get() && !lettingOthersPass && remoteNanos > 0) {
        target.latency.addRemote(remoteNanos, target.ticker.nanos());
      }
      succeeded();
    }

    /** The target answered, be it with an error of the caller's making. */
    public void succeeded() {
      if (end()) {
        target.reachable = true;
        target.breaker.succeeded();
        took();
      }
    }

    /** The target answered that there is no such model; callers may make names up. */
    public void unknownModel() {
      if (end()) {
        target.reachable = true;
        target.breaker.succeeded();
        target.calls.remove(modelName, model);
      }
    }

    /** It answered that it is broken, which counts whoever was waiting. */
    public void broke() {
      if (end()) {
        target.breaker.failed();
        tookAtLeast();
      }
    }

    /** No answer, or its time ran out; what nobody waits for fails without a word to the others. */
    public void failed() {
      if (end() && !lettingOthersPass) {
        target.breaker.failed();
        tookAtLeast();
      }
    }

    /** It is alive and has no room for requests of this model for now. */
    public void refused(Duration retryAfter) {
      if (end()) {
        target.breaker.succeeded();
        long pause = Math.min(LONGEST_REFUSAL_NANOS, Math.max(0, retryAfter.toNanos()));
        model.refused(target.ticker.nanos() + pause);
      }
    }

    /** Nobody wants the answer any more: a hedge that lost, a caller that has gone. */
    public void cancelled() {
      if (end()) {
        tookAtLeast();
      }
    }

    private boolean end() {
      if (!ended.compareAndSet(false, true)) {
        return false;
      }
      target.inFlight.decrementAndGet();
      target.inFlightBytes.addAndGet(-bytes);
      return true;
    }

    private void took() {
      if (lettingOthersPass) {
        return;
      }
      long now = target.ticker.nanos();
      target.latency.add(now - startedNanos, now);
      model.add(now - startedNanos - target.latency.pingNanos(), place, now);
    }

    private void tookAtLeast() {
      if (lettingOthersPass) {
        return;
      }
      long now = target.ticker.nanos();
      target.latency.addAtLeast(now - startedNanos, now);
      model.addAtLeast(now - startedNanos - target.latency.pingNanos(), place, now);
    }
  }
}
