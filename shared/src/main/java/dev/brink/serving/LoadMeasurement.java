package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Tensor;
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

  /** For the sizes of runs; as much again is spent on the effect of company. */
  private static final long BUDGET_NANOS = 60_000_000L;

  /** Runs longer than this are tried once, and alone. */
  private static final long LONG_RUN_NANOS = 150_000_000L;

  private static final int MAX_ROUNDS = 60;
  private static final long MAX_BYTES = 64 << 20;

  private final ModelInstance instance;
  private final Signature signature;
  private final SampleInputs samples;
  private final LatencyProfile profile;
  private final int maxRows;

  LoadMeasurement(
      ModelInstance instance, Signature signature, SampleInputs samples, LatencyProfile profile) {
    this.instance = instance;
    this.signature = signature;
    this.samples = samples;
    this.profile = profile;
    this.maxRows = profile.maxRows();
  }

  /** Measures, and says what company does to an answer. */
  BatchEffect run(String model) {
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
    long endNanos = System.nanoTime() + BUDGET_NANOS;
    int[] sizes =
        IntStream.iterate(1, size -> size <= maxRows, size -> size * 2)
            .filter(size -> size == 1 || signature.batches() && size * rowBytes() <= MAX_BYTES)
            .toArray();
    PendingRequest[] requests =
        Arrays.stream(sizes)
            .mapToObj(size -> request(samples.rows(size, 1, 1), size))
            .toArray(PendingRequest[]::new);
    int useful = sizes.length;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      for (int i = 0; i < useful; i++) {
        if (System.nanoTime() + profile.estimate(sizes[i]) > endNanos) {
          return;
        }
        profile.measured(sizes[i], instance.run(List.of(requests[i])).totalNanos());
        useful = usefulSizes(sizes);
      }
    }
  }

  private long rowBytes() {
    return Arrays.stream(samples.rows(1, 1, 1)).mapToLong(Tensor::byteSize).sum();
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
    if (run.totalNanos() < LONG_RUN_NANOS) {
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

  private static BatchEffect compare(Tensor alone, Tensor together) {
    if (alone.data().equals(together.data())) {
      return BatchEffect.NONE;
    }
    boolean comparable =
        alone.dataType() == together.dataType() && alone.byteSize() == together.byteSize();
    return comparable
        ? BatchEffect.between(values(alone), values(together))
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
