package dev.brink.routing;

import dev.brink.resilience.CallBudget;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * The nodes that can be asked, and which of them to ask: two are drawn at random among those that
 * can answer in time, and the cheaper one is taken. Choosing costs the same for two targets as for
 * many. Thread-safe.
 */
public final class TargetPool {

  private static final double EXTRA_CALLS_SAVED = 10;
  private static final long VIEW_NANOS = Duration.ofMillis(10).toNanos();
  private static final long COMPARE_NANOS = Duration.ofMillis(50).toNanos();
  private static final int MOST_VIEWS = 1024;

  private final TargetPoolSettings settings;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final CallBudget retries;
  private final CallBudget hedges;
  private final Map<String, View> views = new ConcurrentHashMap<>();
  private volatile Target[] targets = {};
  private volatile long comparedNanos = Long.MIN_VALUE / 2;

  private record View(long nanos, NodeSnapshot.CloudView cloud) {}

  /**
   * @param random shared by all callers; it must be thread-safe where they are many
   */
  public TargetPool(TargetPoolSettings settings, Ticker ticker, RandomGenerator random) {
    this.settings = settings;
    this.ticker = ticker;
    this.random = random;
    this.retries = new CallBudget(settings.retryShare(), EXTRA_CALLS_SAVED);
    this.hedges = new CallBudget(settings.hedgeShare(), EXTRA_CALLS_SAVED);
  }

  /** The target of this name, new or known; a new one counts as reachable. */
  public synchronized Target add(String name) {
    return add(name, 1);
  }

  /**
   * @param weight how much more than a target of weight 1 it can carry; of a new target only
   */
  public synchronized Target add(String name, double weight) {
    return target(name)
        .orElseGet(
            () -> {
              Target added = new Target(name, weight, settings, ticker, random);
              Target[] more = Arrays.copyOf(targets, targets.length + 1);
              more[targets.length] = added;
              targets = more;
              views.clear();
              return added;
            });
  }

  public synchronized void remove(String name) {
    targets =
        Arrays.stream(targets).filter(target -> !target.name().equals(name)).toArray(Target[]::new);
    views.clear();
  }

  public Optional<Target> target(String name) {
    return Arrays.stream(targets).filter(target -> target.name().equals(name)).findFirst();
  }

  public List<Target> targets() {
    return List.of(targets);
  }

  /**
   * The target to ask next.
   *
   * @param excluded names of targets that were asked already
   */
  public Selection select(String model, long bytes, long timeLeftNanos, Set<String> excluded) {
    Target[] known = targets;
    long now = ticker.nanos();
    int first = eligible(known, -1, model, bytes, timeLeftNanos, excluded, now);
    if (first < 0) {
      return refusal(known, model, bytes, timeLeftNanos, excluded, now);
    }
    int second = eligible(known, first, model, bytes, timeLeftNanos, excluded, now);
    return second >= 0 && known[second].cost(now) < known[first].cost(now)
        ? known[second]
        : known[first];
  }

  /**
   * The target that keeps {@code sequence}, as long as it can be reached, however slow it is: its
   * next step can run nowhere else.
   */
  public Selection home(String sequence, String model, long bytes) {
    Target[] known = targets;
    long now = ticker.nanos();
    Target home = SequenceHome.of(sequence, known, model);
    if (home == null) {
      return refusal(known, model, bytes, Long.MAX_VALUE, Set.of(), now);
    } else if (home.isFailing(now)) {
      return Selection.None.HOME_FAILING;
    }
    return home.refuses(model, now) || !home.hasCredit(bytes, now)
        ? Selection.None.HOME_FULL
        : home;
  }

  /** Starts a call to a selected target; its outcome must be told. */
  public Target.Call start(Target target, String model, long bytes) {
    retries.called();
    hedges.called();
    compare();
    return target.start(model, bytes);
  }

  /** Starts a second call for a request that has one under way or behind it. */
  public Target.Call startAgain(Target target, String model, long bytes) {
    return target.start(model, bytes);
  }

  /** Whether a failed call may be made again; it then counts. */
  public boolean mayRetry() {
    return retries.tryTake();
  }

  /** Whether a slow call may be made twice; it then counts. */
  public boolean mayHedge() {
    return targets.length > 1 && hedges.tryTake();
  }

  /**
   * After how many nanoseconds a call to {@code target} is slow: its own 95th percentile of late,
   * or that of the other half of the pool where it is slower than those; 0 where nothing is known.
   * A call by which it is tried whether the target answers again is slow at once: nobody has to
   * wait for what it comes to. Where there is no other target to ask, none is ever slow.
   */
  public long hedgeDelayNanos(Target target) {
    if (targets.length < 2) {
      return 0;
    }
    if (target.breakerState() instanceof CircuitBreaker.State.HalfOpen) {
      return 1;
    }
    long own = target.highNanos();
    long[] all = Arrays.stream(targets).mapToLong(Target::highNanos).filter(p -> p > 0).toArray();
    Arrays.sort(all);
    long middle = all.length == 0 ? 0 : all[(all.length - 1) / 2];
    return own == 0 ? middle : Math.min(own, middle);
  }

  /** The pool as a router sees it, at most 10 ms old. */
  public NodeSnapshot.CloudView view(LinkState link, String model) {
    long now = ticker.nanos();
    View view = views.get(model);
    if (view == null || now - view.nanos > VIEW_NANOS || view.cloud.link() != link) {
      view = new View(now, look(link, model, now));
      if (views.size() < MOST_VIEWS && isKnownToBeHeld(model)) {
        views.put(model, view);
      } else {
        views.replace(model, view);
      }
    }
    return view.cloud;
  }

  /** How many more requests the healthy targets take now, of any model. */
  public int room() {
    long now = ticker.nanos();
    int room = 0;
    for (Target target : targets) {
      room += target.isHealthy(now) ? target.room(now) : 0;
    }
    return room;
  }

  /** Names that callers make up are not worth remembering. */
  private boolean isKnownToBeHeld(String model) {
    for (Target target : targets) {
      if (target.isKnownToHold(model)) {
        return true;
      }
    }
    return false;
  }

  /** Every target with the reason why it would be taken or not. */
  public List<Candidate> candidates(
      String model, long bytes, long timeLeftNanos, Set<String> excluded) {
    long now = ticker.nanos();
    List<Candidate> candidates = new ArrayList<>();
    for (Target target : targets) {
      candidates.add(target.candidate(model, bytes, timeLeftNanos, excluded, now));
    }
    return candidates;
  }

  private int eligible(
      Target[] known,
      int taken,
      String model,
      long bytes,
      long timeLeftNanos,
      Set<String> excluded,
      long now) {
    if (known.length == 0) {
      return -1;
    }
    int start = random.nextInt(known.length);
    for (int i = 0; i < known.length; i++) {
      int index = start + i < known.length ? start + i : start + i - known.length;
      Target target = known[index];
      if (index != taken
          && target.isHealthy(now)
          && target.mayHold(model)
          && !excluded.contains(target.name())
          && !target.refuses(model, now)
          && target.hasCredit(bytes, now)
          && target.isInTime(model, timeLeftNanos, now)) {
        return index;
      }
    }
    return -1;
  }

  private static Selection refusal(
      Target[] known,
      String model,
      long bytes,
      long timeLeftNanos,
      Set<String> excluded,
      long now) {
    Selection.None reason =
        known.length == 0 ? Selection.None.NO_TARGETS : Selection.None.MODEL_NOT_HELD;
    for (Target target : known) {
      Selection.None found = refusal(target, model, bytes, timeLeftNanos, excluded, now);
      reason = found.compareTo(reason) > 0 ? found : reason;
    }
    return reason;
  }

  private static Selection.None refusal(
      Target target, String model, long bytes, long timeLeftNanos, Set<String> excluded, long now) {
    if (!target.mayHold(model)) {
      return Selection.None.MODEL_NOT_HELD;
    } else if (excluded.contains(target.name())) {
      return Selection.None.EXCLUDED;
    } else if (!target.isHealthy(now)) {
      return Selection.None.UNHEALTHY;
    }
    if (target.refuses(model, now)) {
      return Selection.None.REFUSING;
    } else if (!target.hasCredit(bytes, now)) {
      return Selection.None.NO_CREDIT;
    }
    return target.wouldBeInTime(model, timeLeftNanos, now)
        ? Selection.None.BUSY
        : Selection.None.TOO_LATE;
  }

  private NodeSnapshot.CloudView look(LinkState link, String model, long now) {
    Target[] known = targets;
    boolean mayHold = known.length == 0;
    Target best = null;
    double load = 0;
    int healthy = 0;
    for (Target target : known) {
      mayHold |= target.mayHold(model);
      if (target.mayHold(model)
          && target.isHealthy(now)
          && !target.refuses(model, now)
          && target.hasCredit(0, now)) {
        best =
            best == null || target.expectedNanos(model, now) < best.expectedNanos(model, now)
                ? target
                : best;
        load += target.load(now);
        healthy++;
      }
    }
    return best == null
        ? new NodeSnapshot.CloudView(link, mayHold, false, 0, 0, 0, 1)
        : new NodeSnapshot.CloudView(
            link,
            true,
            true,
            best.expectedNanos(model, now),
            best.expectedHighNanos(model, now),
            load / healthy,
            1);
  }

  /** Ejects outliers, at most every 50 ms. */
  private void compare() {
    long now = ticker.nanos();
    Target[] known = targets;
    if (known.length < 2 || now - comparedNanos < COMPARE_NANOS) {
      return;
    }
    comparedNanos = now;
    for (Target target : known) {
      int out = (int) Arrays.stream(known).filter(peer -> peer.isEjected(now)).count();
      target.compare(medianOfOthers(known, target, now), out, known.length);
    }
  }

  private static long medianOfOthers(Target[] known, Target judged, long now) {
    long[] others =
        Arrays.stream(known)
            .filter(peer -> peer != judged && peer.isMeasured() && peer.isHealthy(now))
            .mapToLong(peer -> peer.typicalNanos(now))
            .filter(typical -> typical > 0)
            .sorted()
            .toArray();
    return others.length == 0 ? 0 : others[(others.length - 1) / 2];
  }
}
