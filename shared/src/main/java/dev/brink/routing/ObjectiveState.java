package dev.brink.routing;

import dev.brink.model.CascadeSettings;
import dev.brink.resilience.Ewma;
import dev.brink.resilience.Ticker;
import dev.brink.resilience.TokenBucket;
import java.time.Duration;

/** The objective of one model and tenant: what was learned, what it costs, what is left. */
final class ObjectiveState {

  private static final int REFRESH_REQUESTS = 100;
  private static final long PRICE_NANOS = Duration.ofMillis(100).toNanos();
  private static final double SHARE_STEP = 0.3;
  private static final double BURST_SECONDS = 5;

  /** Of the traffic, where a call has a cost: an audit brings its caller nothing. */
  private static final double AUDITED_AT_COST = 0.005;

  private final Ticker ticker;
  private final CloudPressure pressure = new CloudPressure();
  private final Ewma rates = new Ewma(Duration.ofSeconds(1));
  private volatile CascadeSettings settings;
  private AgreementEstimator estimator;
  private AgreementView view;
  private TokenBucket bucket;
  private int sinceRefresh;
  private int sincePrice;
  private volatile long pricedNanos;
  private double price;
  private double scarcity;
  private double share = 1;
  private boolean reachable;
  private volatile Thresholds thresholds;

  ObjectiveState(CascadeSettings settings, AgreementEstimator estimator, Ticker ticker) {
    this.ticker = ticker;
    this.settings = settings;
    this.estimator = estimator;
    this.pricedNanos = ticker.nanos();
    fillBucket();
    refresh();
  }

  CascadeSettings settings() {
    return settings;
  }

  /** Another objective for what was learned already. */
  synchronized void reconfigure(CascadeSettings changed) {
    boolean budgetChanged = changed.cloudBudget() != settings.cloudBudget();
    settings = changed;
    if (budgetChanged) {
      fillBucket();
    }
    refresh();
  }

  synchronized void learnFrom(AgreementEstimator other) {
    estimator = other;
    refresh();
  }

  /** As they stand, the price at most 100 ms old. */
  Thresholds thresholds(NodeSnapshot.CloudView cloud) {
    if (ticker.nanos() - pricedNanos >= PRICE_NANOS) {
      reprice(cloud);
    }
    return thresholds;
  }

  synchronized void seen(double confidence, boolean unknown) {
    sincePrice++;
    estimator.seen(confidence, unknown, hasRoom());
    if (++sinceRefresh >= REFRESH_REQUESTS) {
      refresh();
    }
  }

  /** The cloud did, whatever it said. */
  synchronized void answered() {
    pressure.answered();
  }

  synchronized void compared(double confidence, boolean unknown, boolean agree) {
    estimator.compared(confidence, unknown, agree);
  }

  synchronized boolean pays() {
    return bucket == null || bucket.tryTake();
  }

  /** How probably an answer that was kept is to be compared with the cloud's all the same. */
  synchronized double auditProbability(double confidence) {
    return hasRoom() && (bucket == null || bucket.level() > 0.5)
        ? view.auditProbability(confidence)
        : 0;
  }

  synchronized double budgetLeft() {
    return bucket == null ? 1 : bucket.level();
  }

  synchronized ObjectiveStatus status(String model, String tenant) {
    return new ObjectiveStatus(
        model,
        tenant,
        settings.agreement(),
        view.threshold(),
        price,
        view.escalated(0),
        view.escalated(price),
        budgetLeft());
  }

  synchronized LearnedState save(String model, String tenant, LearningBasis basis) {
    return LearnedState.of(model, tenant, basis, settings.signal(), estimator);
  }

  private boolean hasRoom() {
    return reachable && scarcity == 0;
  }

  private synchronized void reprice(NodeSnapshot.CloudView cloud) {
    long now = ticker.nanos();
    long elapsed = now - pricedNanos;
    if (elapsed < PRICE_NANOS) { // another thread was faster
      return;
    }
    rates.add(sincePrice * 1e9 / elapsed, now);
    sincePrice = 0;
    pricedNanos = now;
    double affordable = Math.min(pressure.allowed(cloud, now), budgeted()) / rate(now);
    share += SHARE_STEP * (Math.min(1, affordable) - share);
    reachable = cloud.isUsable();
    price();
  }

  /**
   * What is smoothed is the share, not the price: what was just learned must not move the share.
   */
  private void price() {
    double wanted = view.escalated(settings.callCost());
    scarcity = share >= wanted ? 0 : view.priceFor(share);
    price = Math.max(scarcity, settings.callCost());
    thresholds = new Thresholds(view.threshold(), price, view);
  }

  /** Calls per second that the budget pays for: its rate when half full, twice that when full. */
  private double budgeted() {
    return bucket == null ? Double.POSITIVE_INFINITY : bucket.perSecond() * 2 * bucket.level();
  }

  private double rate(long now) {
    return rates.weight(now) > 0 ? Math.max(1, rates.mean()) : 1;
  }

  private void refresh() {
    sinceRefresh = 0;
    AgreementView learned = estimator.view(settings.agreement());
    view = underObjective(learned);
    price();
  }

  private AgreementView underObjective(AgreementView learned) {
    if (settings.agreement() > 0) {
      return learned;
    }
    double cost = settings.callCost();
    return cost > 0
        ? learned.at(learned.worth(cost), AUDITED_AT_COST)
        : learned.at(settings.threshold(), 0);
  }

  private void fillBucket() {
    double rate = settings.cloudBudget();
    bucket = rate > 0 ? new TokenBucket(rate, Math.max(1, rate * BURST_SECONDS), ticker) : null;
  }
}
