package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Tensor;
import dev.brink.resilience.Ticker;
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

  /** Of three rows on, a number of rows that is no power of two is tried, too. */
  private static final int ODD_FROM = 4;

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
      RowComparison comparison = new RowComparison(alone, pace.tolerance());
      return effect(comparison).worse(measure(comparison));
    } catch (OrtException | RuntimeException unfit) {
      LOG.info(
          "model not measured at load model={} error={}",
          model,
          String.valueOf(unfit.getMessage()));
      return BatchEffect.UNKNOWN;
    }
  }

  /** Gives what the company in the measured runs did to a row that was first and last there. */
  private BatchEffect measure(RowComparison comparison) throws OrtException {
    int[] sizes =
        IntStream.iterate(1, size -> size <= maxRows, size -> size * 2)
            .filter(
                size -> size == 1 || signature.batches() && size * samples.rowBytes() <= MAX_BYTES)
            .toArray();
    PendingRequest[] requests = new PendingRequest[sizes.length];
    int prepared = prepared(requests, sizes);
    int useful = prepared;
    boolean[] compared = new boolean[sizes.length];
    BatchEffect effect = BatchEffect.NONE;
    long endNanos = ticker.nanos() + pace.budgetNanos();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      for (int i = 0; i < useful; i++) {
        if (ticker.nanos() + profile.estimate(sizes[i]) > endNanos) {
          return effect;
        }
        PendingRequest request = made(requests, i, sizes[i]);
        InstanceRun run = instance.run(List.of(request));
        profile.measured(sizes[i], run.totalNanos());
        if (!compared[i]) {
          compared[i] = true;
          long measured = ticker.nanos();
          effect = effect.worse(atBothEnds(comparison, request, run));
          endNanos += ticker.nanos() - measured;
        }
        useful = Math.min(prepared, usefulSizes(sizes));
      }
    }
    return effect;
  }

  /** A run of one row less shows what kernels do with rows that fill no whole block of theirs. */
  private BatchEffect atBothEnds(RowComparison comparison, PendingRequest request, InstanceRun run)
      throws OrtException {
    Tensor[] answers = run.outputs()[0];
    BatchEffect whole = comparison.first(answers).worse(comparison.last(answers));
    int rows = request.rows();
    if (rows < ODD_FROM) {
      return whole;
    }
    Tensor[] fewer =
        SampleInputs.withoutFirst(request.request().inputs().toArray(Tensor[]::new), rows);
    InstanceRun odd = instance.run(List.of(request(fewer, rows - 1)));
    return whole.worse(comparison.last(odd.outputs()[0]));
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
      requests[index] = request(samples.framed(rows, 1, 1), rows);
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
  private BatchEffect effect(RowComparison comparison) throws OrtException {
    if (!signature.batches() || maxRows < 2) {
      return BatchEffect.NONE;
    }
    if (profile.estimate(1) > LONG_RUN_NANOS) {
      return BatchEffect.UNKNOWN;
    }
    return effect(comparison, 1f).worse(effect(comparison, 40f));
  }

  private BatchEffect effect(RowComparison comparison, float mateScale) throws OrtException {
    Tensor[] row = samples.rows(1, 1, 1);
    Tensor[] mate = samples.rows(1, mateScale, 2);
    List<PendingRequest> pair = List.of(request(row, 1), request(mate, 1));
    return comparison.first(instance.run(pair).outputs()[0]);
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
