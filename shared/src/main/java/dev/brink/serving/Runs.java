package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.resilience.Ticker;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a run through an instance and settles its requests. A run that fails is halved until the
 * one request that fails alone is found.
 */
final class Runs {

  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

  private final String model;
  private final String version;
  private final Answerer answerer;
  private final LatencyProfile profile;
  private final ModelTotals totals;
  private final Ticker ticker;

  Runs(
      String model,
      String version,
      Answerer answerer,
      LatencyProfile profile,
      ModelTotals totals,
      Ticker ticker) {
    this.model = model;
    this.version = version;
    this.answerer = answerer;
    this.profile = profile;
    this.totals = totals;
    this.ticker = ticker;
  }

  /** Settles every request of {@code requests}, whatever happens. */
  void run(InstanceSlot instance, List<PendingRequest> requests, HandOver handOver) {
    List<PendingRequest> wanted = wanted(requests);
    if (wanted.isEmpty()) {
      return;
    }
    long begun = ticker.nanos();
    try {
      InstanceRun run = instance.run(wanted);
      settle(wanted, run, begun, handOver);
    } catch (OrtException | RuntimeException failure) {
      if (wanted.size() > 1 && !instance.wasTerminated()) {
        bisect(instance, wanted, handOver);
      } else {
        fail(wanted, failure, instance.wasTerminated());
      }
    } catch (Error broken) {
      fail(wanted, broken, false);
    }
  }

  private static List<PendingRequest> wanted(List<PendingRequest> requests) {
    if (requests.size() == 1) {
      return requests;
    }
    List<PendingRequest> wanted = new ArrayList<>(requests);
    wanted.removeIf(PendingRequest::hasLeft);
    return wanted;
  }

  private void bisect(InstanceSlot instance, List<PendingRequest> requests, HandOver handOver) {
    int half = requests.size() / 2;
    run(instance, requests.subList(0, half), handOver);
    run(instance, requests.subList(half, requests.size()), handOver);
  }

  private void settle(
      List<PendingRequest> requests, InstanceRun run, long begun, HandOver handOver) {
    int rows = PendingRequest.rows(requests);
    long queued = 0;
    for (PendingRequest request : requests) {
      queued += begun - request.enqueuedNanos();
    }
    profile.record(rows, run.totalNanos());
    totals.ran(
        requests.size(), rows, queued, run.inputNanos(), run.inferNanos(), run.outputNanos());
    for (int i = 0; i < requests.size(); i++) {
      PendingRequest request = requests.get(i);
      long waited = begun - request.enqueuedNanos();
      request.succeed(
          response(request.request(), run.outputs()[i], waited, run.totalNanos()),
          handOver,
          begun + run.totalNanos());
    }
  }

  private InferenceResponse response(
      InferenceRequest request, Tensor[] outputs, long queuedNanos, long ranNanos) {
    return new InferenceResponse(
        request.modelName(),
        version,
        request.id(),
        Parameters.none(),
        List.of(outputs),
        answerer.provenance(queuedNanos, ranNanos));
  }

  /** The answer to a request without rows, which no model has to be asked for. */
  InferenceResponse empty(InferenceRequest request, int[] outputs, Signature signature) {
    Tensor[] empty = new Tensor[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      TensorSpec spec = signature.outputs().get(outputs[i]);
      long[] dimensions = spec.shape().toArray();
      for (int j = 0; j < dimensions.length; j++) {
        dimensions[j] = j == 0 ? 0 : Math.max(0, dimensions[j]);
      }
      empty[i] =
          Tensor.of(spec.name(), spec.dataType(), Shape.of(dimensions), ByteBuffer.allocate(0));
    }
    return response(request, empty, 0, 0);
  }

  private void fail(List<PendingRequest> requests, Throwable failure, boolean terminated) {
    InferenceError error = terminated ? unwanted() : error(failure);
    requests.forEach(request -> request.fail(error));
  }

  private static InferenceError unwanted() {
    return new InferenceError.DeadlineExceeded("deadline passed while the model ran");
  }

  private InferenceError error(Throwable failure) {
    if (failure instanceof OrtException refused) {
      String message = "model '%s' failed: %s".formatted(model, OrtMessages.plain(refused));
      if (refused.getCode() == OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT) {
        return new InferenceError.InvalidRequest(message);
      }
      LOG.warn("run failed model={} version={} error={}", model, version, refused.getMessage());
      return new InferenceError.Internal(message);
    }
    LOG.error("run failed model={} version={}", model, version, failure);
    return new InferenceError.Internal("model '%s' failed".formatted(model));
  }
}
