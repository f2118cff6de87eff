package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Parameters;
import dev.brink.model.SequenceSettings;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Keeps the state tensors of a model between the requests of a sequence: what the last run gave is
 * what the next one gets, and callers see neither. Requests of one sequence run one after another.
 */
final class Sequences {

  private static final int MAX_WAITING = 64;

  private final String model;
  private final SequenceSettings settings;
  private final SequenceSignature signature;
  private final RequestCheck check;
  private final Ticker ticker;

  /** Those used least recently stand first. */
  private final Map<Key, Sequence> underWay = new LinkedHashMap<>(16, 0.75f, true);

  private boolean retired;

  Sequences(
      String model,
      SequenceSettings settings,
      SequenceSignature signature,
      RequestCheck check,
      Ticker ticker) {
    this.model = model;
    this.settings = settings;
    this.signature = signature;
    this.check = check;
    this.ticker = ticker;
  }

  /** Callers of different tenants may choose the same number. */
  private record Key(String tenant, String id) {}

  /**
   * Runs {@code request} with its sequence's state by means of {@code run}; empty where that
   * sequence is not here, and begins none here any more.
   *
   * @throws InferenceException (invalid request, overloaded)
   */
  Optional<Future<InferenceResult>> infer(
      InferenceRequest request, Function<InferenceRequest, Future<InferenceResult>> run) {
    check.outputs(request);
    signature.requireSingle(model, check.inputs(request));
    Key key = key(request);
    return join(key, request.parameters())
        .map(
            sequence ->
                sequence
                    .then(() -> step(sequence, request, run))
                    .onComplete(done -> leave(key, sequence, request, done.succeeded())));
  }

  private Future<InferenceResult> step(
      Sequence sequence,
      InferenceRequest request,
      Function<InferenceRequest, Future<InferenceResult>> run) {
    InferenceRequest whole =
        new InferenceRequest(
            request.modelName(),
            request.modelVersion(),
            request.id(),
            request.parameters(),
            joined(request.inputs(), sequence.state()),
            request.outputs().isEmpty()
                ? List.of()
                : joined(request.outputs(), signature.stateOutputs()),
            request.context());
    return run.apply(whole)
        .map(
            result -> {
              requireWanted(request);
              InferenceResponse response = (InferenceResponse) result;
              sequence.goOn(signature.nextState(response.outputs()));
              return response.withOutputs(signature.visible(response.outputs()));
            });
  }

  /** One who was told that it is too late may send the step again: it has not been made. */
  private static void requireWanted(InferenceRequest request) {
    if (request.context().cancellation().isCancelled()) {
      throw new InferenceError.Cancelled("the caller has gone").asException();
    }
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private synchronized Optional<Sequence> join(Key key, Parameters parameters) {
    long now = ticker.nanos();
    boolean starts = starts(parameters);
    if (starts && !retired) {
      requireRoom(key, now);
      underWay.put(key, new Sequence(signature.initialState(), MAX_WAITING));
    }
    Sequence sequence = underWay.get(key);
    if (retired && (starts || sequence == null)) {
      return Optional.empty();
    }
    if (sequence == null || sequence.isEnding()) {
      throw InferenceError.invalid(
          "inference request for sequence %s to model '%s' must specify the START flag on the first"
                  .formatted(key.id(), model)
              + " request of the sequence");
    }
    sequence.touch(now);
    sequence.ending(ends(parameters));
    return Optional.of(sequence);
  }

  /** A sequence whose last request failed has not ended: that can be sent again. */
  private synchronized void leave(
      Key key, Sequence sequence, InferenceRequest request, boolean succeeded) {
    boolean ends = ends(request.parameters());
    if (ends && succeeded) {
      underWay.remove(key, sequence);
      return;
    }
    if (ends) {
      sequence.ending(false);
    }
    if (underWay.get(key) == sequence) {
      sequence.touch(ticker.nanos());
    }
  }

  private static boolean starts(Parameters parameters) {
    return parameters.bool("sequence_start").orElse(false);
  }

  private static boolean ends(Parameters parameters) {
    return parameters.bool("sequence_end").orElse(false);
  }

  /** Begins no more sequences; says whether there are any under way. */
  synchronized boolean retire() {
    retired = true;
    return !underWay.isEmpty();
  }

  /** Whether {@code request} goes on with a sequence that is under way here. */
  synchronized boolean isUnderWay(InferenceRequest request) {
    return !begins(request) && names(request) && underWay.containsKey(key(request));
  }

  /** Forgets the sequence that {@code request} has begun elsewhere. */
  synchronized void abandon(InferenceRequest request) {
    if (names(request)) {
      underWay.remove(key(request));
    }
  }

  /** Whether {@code request} begins a sequence, as far as can be told before it is checked. */
  static boolean begins(InferenceRequest request) {
    return Boolean.TRUE.equals(request.parameters().asMap().get("sequence_start"));
  }

  private static boolean names(InferenceRequest request) {
    Object id = request.parameters().asMap().get("sequence_id");
    return isId(id) && !isNone(id);
  }

  private static boolean isNone(Object id) {
    return id == null || id.equals(0L) || id.equals("");
  }

  private static boolean isId(Object id) {
    return id instanceof String || id instanceof Long || id instanceof BigInteger;
  }

  /** Forgets what has been idle for too long; called now and then. */
  void sweep() {
    expire(ticker.nanos());
  }

  private void requireRoom(Key key, long now) {
    if (underWay.size() < settings.maxSequences() || underWay.containsKey(key)) {
      return;
    }
    expire(now);
    if (underWay.size() >= settings.maxSequences()) {
      throw new InferenceError.Overloaded(
              "model '%s' has %d sequences under way (limit)".formatted(model, underWay.size()),
              Duration.ofSeconds(1))
          .asException();
    }
  }

  private synchronized void expire(long now) {
    long oldest = now - settings.maxIdle().toNanos();
    Iterator<Sequence> leastRecentFirst = underWay.values().iterator();
    while (leastRecentFirst.hasNext()) {
      Sequence sequence = leastRecentFirst.next();
      if (sequence.isUsedSince(oldest)) {
        return;
      }
      if (!sequence.isWaitedFor()) {
        leastRecentFirst.remove();
      }
    }
  }

  private Key key(InferenceRequest request) {
    return new Key(request.context().tenant(), id(request.parameters()));
  }

  private String id(Parameters parameters) {
    Object id = parameters.asMap().get("sequence_id");
    if (isNone(id)) {
      throw InferenceError.invalid(
          "inference request to model '%s' must specify a non-zero or non-empty correlation ID"
              .formatted(model));
    }
    if (!isId(id)) {
      throw InferenceError.invalid(
          "invalid value type for 'sequence_id' parameter, expected uint64 or string");
    }
    return id instanceof String ? "'" + id + "'" : id.toString();
  }

  synchronized int size() {
    return underWay.size();
  }
}
