package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Tensor;
import dev.brink.resilience.Ticker;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a model with made-up inputs before it is ready: warms it up, measures how long runs of each
 * size take, and sees whether company in a run changes an answer. Bounded in time as a whole; what
 * it did not come to is learned from live runs.
 */
final class LoadMeasurement {

  private static final Logger LOG = LoggerFactory.getLogger(LoadMeasurement.class);

  /** Runs requests and says how long that took. */
  interface Runner {
    InstanceRun run(List<PendingRequest> requests) throws OrtException;
  }

  /** Runs longer than this are tried once, and alone. */
  private static final long LONG_RUN_NANOS = 150_000_000L;

  private static final int MAX_ROUNDS = 60;
  private static final long MAX_BYTES = 64 << 20;

  /** Made-up inputs above this size are more than the heap is for. */
  private static final long MAX_SAMPLE_BYTES = Runtime.getRuntime().maxMemory() / 16;

  private final Runner instance;
  private final TrialPace pace;
  private final Signature signature;
  private final SampleInputs samples;
  private final LatencyProfile profile;
  private final Ticker ticker;
  private final int maxRows;

  LoadMeasurement(
      Runner instance,
      TrialPace pace,
      Signature signature,
      SampleInputs samples,
      LatencyProfile profile,
      Ticker ticker) {
    this.instance = instance;
    this.ticker = ticker;
    this.pace = pace;
    this.signature = signature;
    this.samples = samples;
    this.profile = profile;
    this.maxRows = profile.maxRows();
  }

  /** Measures, and says what company does to an answer. */
  BatchEffect run(String model) {
    long bytes = samples.rowBytes();
    if (bytes > MAX_SAMPLE_BYTES) {
      LOG.info("model not measured at load model={} error=one request has {} bytes", model, bytes);
      return BatchEffect.UNKNOWN;
    }
    try {
      Tensor[] alone = first();
      BatchEffect effect = effect(alone);
      measure();
      return effect;
    } catch (OrtException | RuntimeException unfit) {
      LOG.info(
          "model not measured at load model={} error={}",
          model,
          String.valueOf(unfit.getMessage()));
      return BatchEffect.UNKNOWN;
    }
  }

  private void measure() throws OrtException {
    int[] sizes =
        IntStream.iterate(1, size -> size <= maxRows, size -> size * 2)
            .filter(
                size -> size == 1 || signature.batches() && size * samples.rowBytes() <= MAX_BYTES)
            .toArray();
    PendingRequest[] requests = new PendingRequest[sizes.length];
    int prepared = prepared(requests, sizes);
    int useful = prepared;
    long endNanos = ticker.nanos() + pace.budgetNanos();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      for (int i = 0; i < useful; i++) {
        if (ticker.nanos() + profile.estimate(sizes[i]) > endNanos) {
          return;
        }
        InstanceRun run = instance.run(List.of(made(requests, i, sizes[i])));
        profile.measured(sizes[i], run.totalNanos());
        useful = Math.min(prepared, usefulSizes(sizes));
      }
    }
  }

  /** How many of {@code requests} have been run so that their next run is a typical one. */
  private int prepared(PendingRequest[] requests, int[] sizes) throws OrtException {
    int prepared = 0;
    long left = pace.preparationNanos();
    while (prepared < sizes.length && (left > 0 || !pace.preparesEachSize())) {
      if (pace.preparesEachSize()) {
        left -= instance.run(List.of(made(requests, prepared, sizes[prepared]))).totalNanos();
      }
      prepared++;
    }
    return prepared;
  }

  /** Made when first needed: sizes that do not pay would only take memory. */
  private PendingRequest made(PendingRequest[] requests, int index, int rows) {
    if (requests[index] == null) {
      requests[index] = request(samples.rows(rows, 1, 1), rows);
    }
    return requests[index];
  }

  /** Sizes beyond which a row gets no cheaper any more need no measuring. */
  private int usefulSizes(int[] sizes) {
    int useful = profile.worthwhileRows(maxRows);
    int index = Arrays.binarySearch(sizes, useful);
    return index < 0 ? sizes.length : Math.min(sizes.length, index + 3);
  }

  /** The first run is never typical. */
  private Tensor[] first() throws OrtException {
    PendingRequest request = request(samples.rows(1, 1, 1), 1);
    InstanceRun run = instance.run(List.of(request));
    if (pace.preparesEachSize() || run.totalNanos() < LONG_RUN_NANOS) {
      run = instance.run(List.of(request));
    }
    profile.measured(1, run.totalNanos());
    return run.outputs()[0];
  }

  /** Compares a row alone with the same row in two kinds of company. */
  private BatchEffect effect(Tensor[] alone) throws OrtException {
    if (!signature.batches() || maxRows < 2) {
      return BatchEffect.NONE;
    }
    if (profile.estimate(1) > LONG_RUN_NANOS) {
      return BatchEffect.UNKNOWN;
    }
    return effect(alone, 1f).worse(effect(alone, 40f));
  }

  private BatchEffect effect(Tensor[] alone, float mateScale) throws OrtException {
    Tensor[] row = samples.rows(1, 1, 1);
    Tensor[] mate = samples.rows(1, mateScale, 2);
    List<PendingRequest> pair = List.of(request(row, 1), request(mate, 1));
    Tensor[] together = instance.run(pair).outputs()[0];
    BatchEffect worst = BatchEffect.NONE;
    for (int i = 0; i < alone.length; i++) {
      worst = worst.worse(compare(alone[i], together[i]));
    }
    return worst;
  }

  private BatchEffect compare(Tensor alone, Tensor together) {
    if (alone.data().equals(together.data())) {
      return BatchEffect.NONE;
    }
    boolean comparable =
        alone.dataType() == together.dataType() && alone.byteSize() == together.byteSize();
    return comparable
        ? BatchEffect.between(values(alone), values(together), pace.tolerance())
        : BatchEffect.DEPENDENT;
  }

  /** Floating point values; none for other types, whose every difference counts. */
  private static float[] values(Tensor tensor) {
    ByteBuffer data = tensor.data();
    int count = Math.toIntExact(tensor.shape().elementCount());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      switch (tensor.dataType()) {
        case FP32 -> values[i] = data.getFloat();
        case FP64 -> values[i] = (float) data.getDouble();
        case FP16 -> values[i] = Float.float16ToFloat(data.getShort());
        case BF16 -> values[i] = Float.intBitsToFloat(data.getShort() << 16);
        default -> values[i] = Float.NaN;
      }
    }
    return values;
  }

  /**
   * @throws InferenceException where the inputs are too large to be made up
   */
  private PendingRequest request(Tensor[] inputs, int rows) {
    InferenceRequest request =
        new InferenceRequest(
            "",
            "",
            "",
            Parameters.none(),
            List.of(inputs),
            List.of(),
            RequestContext.until(new Deadline(Long.MAX_VALUE)));
    int[] outputs = IntStream.range(0, signature.outputs().size()).toArray();
    return new PendingRequest(request, inputs, outputs, rows, 1, 0);
  }
}
