package dev.brink.routing;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Reason;
import dev.brink.model.CascadeSettings;
import dev.brink.resilience.Ticker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Turns what the operator wants of every model and tenant into a threshold and a price, and keeps
 * them right by what it hears of verdicts and of the cloud. Thread-safe; nothing here blocks.
 */
public final class ObjectiveController implements CascadeFeedback {

  private static final int MOST_STATES = 4096;

  private final Ticker ticker;
  private final RandomGenerator random;
  private final AgreementEstimator.Settings learning;
  private final Map<Key, ObjectiveState> states = new ConcurrentHashMap<>();
  private final Map<String, Calibration> calibrations = new ConcurrentHashMap<>();
  private final Map<Key, LearnedState> restored = new ConcurrentHashMap<>();

  private record Key(String model, String tenant) {}

  /**
   * @param random draws the answers to be audited; thread-safe where callers are many
   */
  public ObjectiveController(Ticker ticker, RandomGenerator random) {
    this(ticker, random, AgreementEstimator.Settings.standard());
  }

  ObjectiveController(Ticker ticker, RandomGenerator random, AgreementEstimator.Settings learning) {
    this.ticker = ticker;
    this.random = random;
    this.learning = learning;
  }

  /** Gives a model's learning its start; what was learned of it before is dropped. */
  public void calibrate(String model, Calibration calibration) {
    calibrations.put(model, calibration);
    states.keySet().removeIf(key -> key.model().equals(model));
  }

  /** What is in force for a request of a model with these settings, which may have changed. */
  public Thresholds thresholds(
      InferenceRequest request, CascadeSettings settings, NodeSnapshot.CloudView cloud) {
    Key key = key(request, settings);
    ObjectiveState state = states.get(key);
    CascadeSettings own = settings.forTenant(key.tenant());
    if (state == null) {
      if (states.size() >= MOST_STATES) {
        return Thresholds.fixed(own.threshold());
      }
      state = states.computeIfAbsent(key, absent -> start(absent, own));
    }
    if (!state.settings().equals(own)) {
      adapt(key, state, own);
    }
    return state.thresholds(cloud);
  }

  @Override
  public boolean admits(InferenceRequest request, Verdict.Escalate verdict) {
    ObjectiveState state = state(request);
    if (state == null) {
      return true;
    }
    state.seen(verdict.confidence(), verdict.unknown());
    return state.pays();
  }

  /** Whether the budget pays for a second call for the same request: a retry or a hedge. */
  public boolean admitsAgain(InferenceRequest request) {
    ObjectiveState state = state(request);
    return state == null || state.pays();
  }

  @Override
  public boolean audits(InferenceRequest request, Verdict.Keep verdict) {
    ObjectiveState state = state(request);
    if (state == null || verdict.reason() == Reason.FORCED) {
      return false;
    }
    state.seen(verdict.confidence(), verdict.unknown());
    return verdict.reason() == Reason.CONFIDENT
        && random.nextDouble() < state.auditProbability(verdict.confidence())
        && state.pays();
  }

  @Override
  public void compared(
      InferenceRequest request, Verdict verdict, InferenceResponse edge, InferenceResponse cloud) {
    ObjectiveState state = state(request);
    if (state != null) {
      boolean agree = AnswerLabels.agree(state.settings(), edge, cloud);
      state.compared(verdict.confidence(), verdict.unknown(), agree);
    }
  }

  /** Share of the escalation budget's burst that is left for requests like this one. */
  public double budgetLeft(InferenceRequest request) {
    ObjectiveState state = state(request);
    return state == null ? 1 : state.budgetLeft();
  }

  /** All objectives that were asked for so far. */
  public List<ObjectiveStatus> status() {
    return states.entrySet().stream()
        .map(entry -> entry.getValue().status(entry.getKey().model(), entry.getKey().tenant()))
        .toList();
  }

  /** What was learned, as JSON, to be given to {@link #restore} after a restart. */
  public String save() {
    return LearnedState.write(
        states.entrySet().stream()
            .map(entry -> entry.getValue().save(entry.getKey().model(), entry.getKey().tenant()))
            .toList());
  }

  /**
   * Goes on from what {@link #save} gave, for models that still use the same signal.
   *
   * @throws IllegalArgumentException where it is damaged; nothing has changed then
   */
  public void restore(String json) {
    for (LearnedState learned : LearnedState.read(json, learning)) {
      restored.put(new Key(learned.model(), learned.tenant()), learned);
    }
  }

  private ObjectiveState start(Key key, CascadeSettings settings) {
    LearnedState before = restored.remove(key);
    AgreementEstimator estimator =
        before != null && before.signal() == settings.signal()
            ? before.estimator()
            : fresh(key.model());
    return new ObjectiveState(settings, estimator, ticker);
  }

  private AgreementEstimator fresh(String model) {
    return AgreementEstimator.from(calibrations.getOrDefault(model, Calibration.none()), learning);
  }

  private void adapt(Key key, ObjectiveState state, CascadeSettings settings) {
    CascadeSettings before = state.settings();
    if (before.signal() != settings.signal() || !before.output().equals(settings.output())) {
      state.learnFrom(fresh(key.model()));
    }
    state.reconfigure(settings);
  }

  private ObjectiveState state(InferenceRequest request) {
    ObjectiveState own = states.get(new Key(request.modelName(), request.context().tenant()));
    return own != null ? own : states.get(new Key(request.modelName(), ""));
  }

  private static Key key(InferenceRequest request, CascadeSettings settings) {
    String tenant = request.context().tenant();
    return new Key(request.modelName(), settings.tenants().containsKey(tenant) ? tenant : "");
  }
}
