package dev.brink.routing;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Reason;
import dev.brink.model.CascadeSettings;
import dev.brink.resilience.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Turns what the operator wants of every model and tenant into a threshold and a price, and keeps
 * them right by what it hears of verdicts and of the cloud. Thread-safe; nothing here blocks.
 */
public final class ObjectiveController implements CascadeFeedback {

  private final Ticker ticker;
  private final RandomGenerator random;
  private final AgreementEstimator.Settings learning;
  private final Map<Key, ObjectiveState> states = new ConcurrentHashMap<>();
  private final Map<String, Start> starts = new ConcurrentHashMap<>();
  private final Map<Key, LearnedState> restored = new ConcurrentHashMap<>();

  private record Key(String model, String tenant) {}

  /** Where a model's learning starts. */
  private record Start(LearningBasis basis, Calibration calibration) {
    static final Start UNSTATED = new Start(LearningBasis.UNSTATED, Calibration.none());
  }

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

  /**
   * Gives a model's learning its start. What was learned of it goes on where it rests on the same
   * basis, and is dropped where not.
   */
  public void calibrate(String model, LearningBasis basis, Calibration calibration) {
    Start before = starts.put(model, new Start(basis, calibration));
    if (before == null || !before.basis().equals(basis)) {
      states.keySet().removeIf(key -> key.model().equals(model));
    }
  }

  /** What learning about a model rests on; empty where nothing was said of it. */
  public Optional<LearningBasis> basis(String model) {
    return Optional.ofNullable(starts.get(model)).map(Start::basis);
  }

  /** What is in force for a request of a model with these settings, which may have changed. */
  public Thresholds thresholds(
      InferenceRequest request, CascadeSettings settings, NodeSnapshot.CloudView cloud) {
    Key key = key(request, settings);
    ObjectiveState state = states.get(key);
    CascadeSettings own = settings.forTenant(key.tenant());
    if (state == null) {
      if (states.size() >= LearnedState.MOST_STATES) {
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
  public boolean admits(
      InferenceRequest request, Verdict.Escalate verdict, InferenceResponse edge) {
    ObjectiveState state = state(request);
    if (state == null) {
      return true;
    }
    state.seen(verdict.confidence(), verdict.unknown());
    return state.pays();
  }

  @Override
  public boolean pays(InferenceRequest request) {
    ObjectiveState state = state(request);
    return state == null || state.pays();
  }

  @Override
  public boolean audits(InferenceRequest request, Verdict.Keep verdict, InferenceResponse edge) {
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
      state.answered();
      AnswerLabels.agree(state.settings(), edge, cloud)
          .ifPresent(agree -> state.compared(verdict.confidence(), verdict.unknown(), agree));
    }
  }

  @Override
  public void unanswered(InferenceRequest request, Verdict verdict, InferenceResponse edge) {
    // what is not compared teaches nothing
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

  /** Whether no objective has been asked for and none was restored. */
  public boolean isEmpty() {
    return states.isEmpty() && restored.isEmpty();
  }

  /** What was learned, as JSON, to be given to {@link #restore} after a restart. */
  public String save() {
    List<LearnedState> all = new ArrayList<>();
    states.forEach(
        (key, state) -> all.add(state.save(key.model(), key.tenant(), start(key).basis())));
    all.addAll(restored.values());
    return LearnedState.write(all.stream().limit(LearnedState.MOST_STATES).toList());
  }

  /**
   * Goes on from what {@link #save} gave, for models that still rest on the same basis and use the
   * same signal. Whatever was not asked for yet waits, and is saved again.
   *
   * @throws IllegalArgumentException where it is damaged; nothing has changed then
   */
  public void restore(String json) {
    for (LearnedState learned : LearnedState.read(json)) {
      restored.put(new Key(learned.model(), learned.tenant()), learned);
    }
  }

  private ObjectiveState start(Key key, CascadeSettings settings) {
    LearnedState before = restored.remove(key);
    boolean applies =
        before != null
            && before.signal() == settings.signal()
            && before.basis().equals(start(key).basis());
    return new ObjectiveState(settings, applies ? before.estimator(learning) : fresh(key), ticker);
  }

  private Start start(Key key) {
    return starts.getOrDefault(key.model(), Start.UNSTATED);
  }

  private AgreementEstimator fresh(Key key) {
    return AgreementEstimator.from(start(key).calibration(), learning);
  }

  private void adapt(Key key, ObjectiveState state, CascadeSettings settings) {
    CascadeSettings before = state.settings();
    if (before.signal() != settings.signal() || !before.output().equals(settings.output())) {
      state.learnFrom(fresh(key));
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
