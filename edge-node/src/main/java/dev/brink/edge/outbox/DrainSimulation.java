package dev.brink.edge.outbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Many sites come back to one cloud at the same instant, each with a full outbox, while live
 * requests go on: in virtual time, through the drain's own pace. The cloud has one first-come queue
 * with a bound, which is harder than the real one: it does not prefer live traffic.
 */
public final class DrainSimulation {

  /** How the sites send what they have. */
  public enum Manner {
    /** As the outbox does it. */
    PACED,
    /** All of the concurrency at once, and again a second after a refusal. */
    EAGER
  }

  /**
   * What is simulated.
   *
   * @param servers requests the cloud runs at the same time
   * @param service time of one
   * @param queue requests that may wait
   * @param liveRate live requests a second, from all sites together
   * @param noise how long a busy machine lets a request wait at three of ten steps of its way, of
   *     which a queue is not the cause
   */
  public record Scenario(
      int sites,
      int jobsPerSite,
      int concurrency,
      int servers,
      Duration service,
      int queue,
      double liveRate,
      Duration roundTrip,
      Duration horizon,
      long seed,
      Duration noise) {

    public static Scenario standard() {
      return new Scenario(
          1_000,
          10_000,
          8,
          64,
          Duration.ofMillis(10),
          1_024,
          3_200,
          Duration.ofMillis(20),
          Duration.ofSeconds(60),
          1,
          Duration.ZERO);
    }
  }

  /**
   * What came of it.
   *
   * @param liveP99 of live requests that were answered
   * @param liveRefusedFirst share of live requests refused in the first five seconds
   * @param utilisation of the cloud's servers over the horizon
   * @param refusedJobs refusals a job done
   * @param jobsOfSites jobs done by each site, the least first
   */
  public record Outcome(
      Duration liveP50,
      Duration liveP99,
      double liveRefused,
      double liveRefusedFirst,
      long jobsDone,
      double utilisation,
      double refusedJobs,
      List<Long> jobsOfSites) {

    /**
     * Jobs done by the site that stands at {@code share} when all stand in line.
     *
     * @param share 0 for the one with the fewest, 1 for the one with the most
     */
    public long jobsOfSite(double share) {
      return jobsOfSites.get((int) (share * (jobsOfSites.size() - 1)));
    }
  }

  private static final long FIRST_NANOS = Duration.ofSeconds(5).toNanos();
  private static final double NOISY = 0.3;
  private static final long HAND_OVER_NANOS = 1_000;
  private static final String MODEL = "model";
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private record Event(long at, long order, Runnable action) {}

  private record Waiting(long sent, long arrived, Site site) {}

  private final Scenario scenario;
  private final Manner manner;
  private final SplittableRandom random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final List<Long> liveLatencies = new ArrayList<>();
  private final long half;
  private long now;
  private long order;
  private int busy;
  private long busyNanos;
  private long live;
  private long liveRefused;
  private long liveFirst;
  private long liveRefusedFirst;
  private long jobRefusals;

  private DrainSimulation(Scenario scenario, Manner manner) {
    this.scenario = scenario;
    this.manner = manner;
    this.random = new SplittableRandom(scenario.seed());
    this.half = scenario.roundTrip().toNanos() / 2;
  }

  public static Outcome run(Scenario scenario, Manner manner) {
    return new DrainSimulation(scenario, manner).run();
  }

  private Outcome run() {
    List<Site> sites = new ArrayList<>();
    for (int i = 0; i < scenario.sites(); i++) {
      sites.add(new Site());
    }
    sites.forEach(site -> at(random.nextLong(Site.LOOK_NANOS), site::look));
    at(0, this::liveArrives);
    long end = scenario.horizon().toNanos();
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event next = events.poll();
      now = next.at();
      next.action().run();
    }
    return outcome(sites);
  }

  private Outcome outcome(List<Site> sites) {
    Collections.sort(liveLatencies);
    List<Long> each = sites.stream().map(site -> site.done).sorted().toList();
    long done = each.stream().mapToLong(Long::longValue).sum();
    return new Outcome(
        quantile(0.5),
        quantile(0.99),
        (double) liveRefused / live,
        (double) liveRefusedFirst / liveFirst,
        done,
        busyNanos / (double) scenario.servers() / scenario.horizon().toNanos(),
        (double) jobRefusals / Math.max(1, done),
        each);
  }

  private Duration quantile(double share) {
    return Duration.ofNanos(liveLatencies.get((int) (share * (liveLatencies.size() - 1))));
  }

  private void at(long delay, Runnable action) {
    events.add(new Event(now + delay, order++, action));
  }

  private void liveArrives() {
    live++;
    liveFirst += now < FIRST_NANOS ? 1 : 0;
    if (!arrive(new Waiting(now, now, null))) {
      liveRefused++;
      liveRefusedFirst += now < FIRST_NANOS ? 1 : 0;
    }
    double gap = -Math.log(1 - random.nextDouble()) / scenario.liveRate();
    at((long) (gap * 1e9), this::liveArrives);
  }

  private boolean arrive(Waiting request) {
    if (busy < scenario.servers()) {
      serve(request);
      return true;
    }
    return queue.size() < scenario.queue() && queue.add(request);
  }

  private long noise() {
    double mean = scenario.noise().toNanos();
    return mean > 0 && random.nextDouble() < NOISY
        ? (long) (-Math.log(1 - random.nextDouble()) * mean)
        : 0;
  }

  private void serve(Waiting request) {
    busy++;
    long late = noise();
    long waited = HAND_OVER_NANOS + now + late - request.arrived();
    long service =
        late + noise() + (long) (scenario.service().toNanos() * (0.8 + 0.4 * random.nextDouble()));
    busyNanos += service;
    at(service, () -> served(request, waited));
  }

  private void served(Waiting request, long waited) {
    busy--;
    if (request.site() == null) {
      liveLatencies.add(now - request.arrived());
    } else {
      at(half + noise() + noise(), () -> request.site().answered(request.sent(), waited));
    }
    if (!queue.isEmpty()) {
      serve(queue.poll());
    }
  }

  /** One site with its outbox. */
  private final class Site {

    private static final long LOOK_NANOS = 100_000_000L;

    private final DrainPace pace =
        new DrainPace(scenario.concurrency(), Duration.ofSeconds(3), random.split(), 0);
    private long left = scenario.jobsPerSite();
    private long done;
    private int inFlight;
    private long pausedUntil;

    Site() {
      pace.linkUp(0);
    }

    void look() {
      send();
      if (left > 0) {
        at(LOOK_NANOS, this::look);
      }
    }

    private void send() {
      for (int permits = permits(); permits > 0 && left > 0; permits--) {
        inFlight++;
        left--;
        long sent = now;
        at(half + noise() + noise(), () -> reach(sent));
      }
    }

    private int permits() {
      return switch (manner) {
        case PACED -> pace.permits(inFlight, now);
        case EAGER -> now < pausedUntil ? 0 : scenario.concurrency() - inFlight;
      };
    }

    private void reach(long sent) {
      if (!arrive(new Waiting(sent, now, this))) {
        jobRefusals++;
        at(half, this::refused);
      }
    }

    void answered(long sent, long waited) {
      inFlight--;
      done++;
      pace.answered(MODEL, now - sent, waited, now);
      send();
    }

    private void refused() {
      inFlight--;
      left++;
      pace.pushedBack(RETRY_AFTER, now);
      pausedUntil = now + TimeUnit.SECONDS.toNanos(1);
      send();
    }
  }
}
