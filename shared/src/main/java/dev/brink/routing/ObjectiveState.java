package dev.brink.routing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brink.model.CascadeSettings;
import dev.brink.resilience.Ewma;
import dev.brink.resilience.Ticker;
import dev.brink.resilience.TokenBucket;
import java.time.Duration;

/** The objective of one model and tenant: what was learned, what it costs, what is left. */
final class ObjectiveState {

  private static final int REFRESH_REQUESTS = 100;
  private static final long PRICE_NANOS = Duration.ofMillis(100).toNanos();
  private static final double PRICE_STEP = 0.3;
  private static final double FREE = 1e-3;
  private static final double BURST_SECONDS = 5;

  private final Ticker ticker;
  private final Ewma rates = new Ewma(Duration.ofSeconds(1));
  private volatile CascadeSettings settings;
  private AgreementEstimator estimator;
  private AgreementView view;
  private TokenBucket bucket;
  private int sinceRefresh;
  private int sincePrice;
  private volatile long pricedNanos;
  private double price;
  private boolean room;
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
  Thresholds thresholds(NodeSnapshot.CloudView cloud, CloudPressure pressure) {
    if (ticker.nanos() - pricedNanos >= PRICE_NANOS) {
      reprice(cloud, pressure);
    }
    return thresholds;
  }

  synchronized void seen(double confidence, boolean unknown) {
    sincePrice++;
    estimator.seen(confidence, unknown);
    if (++sinceRefresh >= REFRESH_REQUESTS) {
      refresh();
    }
  }

  synchronized void compared(double confidence, boolean unknown, boolean agree) {
    estimator.compared(confidence, unknown, agree);
  }

  synchronized boolean pays() {
    return bucket == null || bucket.tryTake();
  }

  /** How probably an answer that was kept is to be compared with the cloud's all the same. */
  synchronized double auditProbability(double confidence) {
    boolean learning = settings.agreement() > 0 && room;
    return learning && (bucket == null || bucket.level() > 0.5)
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

  synchronized ObjectNode save(String model, String tenant) {
    return LearnedState.write(model, tenant, settings.signal(), estimator);
  }

  private synchronized void reprice(NodeSnapshot.CloudView cloud, CloudPressure pressure) {
    long now = ticker.nanos();
    double seconds = (now - pricedNanos) / 1e9;
    if (seconds <= 0) {
      return;
    }
    rates.add(sincePrice / seconds, now);
    sincePrice = 0;
    pricedNanos = now;
    double wanted = view.escalated(0);
    double allowed = Math.min(wanted * pressure.admitted(cloud, now), affordable(now));
    double target = allowed >= wanted ? 0 : view.priceFor(allowed);
    price += PRICE_STEP * (target - price);
    price = price < FREE && target == 0 ? 0 : price;
    room = price == 0 && cloud.isUsable();
    publish();
  }

  /** Share of the traffic that the budget pays for: its rate when half full, twice it when full. */
  private double affordable(long now) {
    double rate = rates.weight(now) > 0 ? rates.mean() : 0;
    return bucket == null || rate <= 0 ? 1 : bucket.perSecond() * 2 * bucket.level() / rate;
  }

  private void refresh() {
    sinceRefresh = 0;
    AgreementView learned = estimator.view(settings.agreement());
    view = settings.agreement() > 0 ? learned : learned.at(settings.threshold());
    publish();
  }

  private void publish() {
    thresholds = new Thresholds(view.threshold(), price, view);
  }

  private void fillBucket() {
    double rate = settings.cloudBudget();
    bucket = rate > 0 ? new TokenBucket(rate, Math.max(1, rate * BURST_SECONDS), ticker) : null;
  }
}
