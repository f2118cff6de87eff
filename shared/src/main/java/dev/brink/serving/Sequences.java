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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final Map<String, Sequence> underWay = new LinkedHashMap<>(16, 0.75f, true);

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

  /**
   * Runs {@code request} with its sequence's state by means of {@code run}.
   *
   * @throws InferenceException (invalid request, overloaded)
   */
  Future<InferenceResult> infer(
      InferenceRequest request, Function<InferenceRequest, Future<InferenceResult>> run) {
    check.outputs(request);
    signature.requireSingle(model, check.inputs(request));
    Sequence sequence = join(request.parameters());
    return sequence.then(() -> step(sequence, request, run));
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
              InferenceResponse response = (InferenceResponse) result;
              sequence.goOn(signature.nextState(response.outputs()));
              return response.withOutputs(signature.visible(response.outputs()));
            });
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private synchronized Sequence join(Parameters parameters) {
    String id = id(parameters);
    long now = ticker.nanos();
    expire(now);
    if (parameters.bool("sequence_start").orElse(false)) {
      requireRoom(id);
      underWay.put(id, new Sequence(signature.initialState(), MAX_WAITING));
    }
    Sequence sequence = underWay.get(id);
    if (sequence == null) {
      throw InferenceError.invalid(
          "inference request for sequence %s to model '%s' must specify the START flag on the first"
                  .formatted(id, model)
              + " request of the sequence");
    }
    sequence.touch(now);
    if (parameters.bool("sequence_end").orElse(false)) {
      underWay.remove(id);
    }
    return sequence;
  }

  private void requireRoom(String id) {
    if (underWay.size() >= settings.maxSequences() && !underWay.containsKey(id)) {
      throw new InferenceError.Overloaded(
              "model '%s' has %d sequences under way (limit)".formatted(model, underWay.size()),
              Duration.ofSeconds(1))
          .asException();
    }
  }

  /** Those used least recently stand first. */
  private void expire(long now) {
    long oldest = now - settings.maxIdle().toNanos();
    underWay.values().removeIf(sequence -> sequence.isIdleSince(oldest));
  }

  private String id(Parameters parameters) {
    Object id = parameters.asMap().get("sequence_id");
    if (id == null || id.equals(0L) || id.equals("")) {
      throw InferenceError.invalid(
          "inference request to model '%s' must specify a non-zero or non-empty correlation ID"
              .formatted(model));
    }
    if (!(id instanceof String || id instanceof Long || id instanceof BigInteger)) {
      throw InferenceError.invalid(
          "invalid value type for 'sequence_id' parameter, expected uint64 or string");
    }
    return id instanceof String ? "'" + id + "'" : id.toString();
  }

  synchronized int size() {
    return underWay.size();
  }
}
