package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.model.ExecutionProvider;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LoadMeasurementTest {

  private static final long COLD_NANOS = 400_000_000L;
  private static final long RUN_NANOS = 1_000_000L;
  private static final long ROW_NANOS = 10_000L;

  private final LatencyProfile profile = new LatencyProfile(64);
  private final Set<Integer> sizesSeen = new HashSet<>();

  /** Changes answers in a run of so many rows. */
  private Consumer<float[]> company = answers -> {};

  /** The first run of each size takes long, and those after it hardly longer with more rows. */
  private InstanceRun likeAGpu(List<PendingRequest> requests) {
    int rows = requests.stream().mapToInt(PendingRequest::rows).sum();
    long nanos = RUN_NANOS + rows * ROW_NANOS + (sizesSeen.add(rows) ? COLD_NANOS : 0);
    Tensor[][] outputs =
        requests.stream()
            .map(request -> new Tensor[] {answers(request.rows())})
            .toArray(Tensor[][]::new);
    return new InstanceRun(outputs, 0, 0, nanos, nanos);
  }

  private Tensor answers(int rows) {
    float[] values = new float[rows];
    Arrays.fill(values, 1);
    company.accept(values);
    return Tensor.ofFloats("y", Shape.of(rows, 1), values);
  }

  private BatchEffect tried(ExecutionProvider provider) throws ModelLoadException {
    List<TensorSpec> input = List.of(new TensorSpec("x", DataType.FP32, Shape.of(-1, 1)));
    List<TensorSpec> output = List.of(new TensorSpec("y", DataType.FP32, Shape.of(-1, 1)));
    Signature signature = Signature.of(input, output);
    SampleInputs samples = SampleInputs.of(signature, Map.of());
    return new LoadMeasurement(
            this::likeAGpu, TrialPace.on(provider), signature, samples, profile, () -> 0)
        .run("m");
  }

  @Test
  void theFirstRunOfASizeOnAnAcceleratorIsNotTakenForATypicalOne() throws ModelLoadException {
    BatchEffect effect = tried(ExecutionProvider.CUDA);

    assertThat(effect).isEqualTo(BatchEffect.NONE);
    assertThat(profile.estimate(1)).isEqualTo(RUN_NANOS + ROW_NANOS);
    assertThat(profile.estimate(64)).isEqualTo(RUN_NANOS + 64 * ROW_NANOS);
    assertThat(profile.worthwhileRows(64)).isEqualTo(64);
  }

  @Test
  void whatOnlyALargeRunChangesIsFound() throws ModelLoadException {
    company = answers -> answers[0] = answers.length >= 16 ? Math.nextUp(1f) : 1;

    assertThat(tried(ExecutionProvider.CUDA)).isEqualTo(BatchEffect.ROUNDING);
  }

  @Test
  void whatOnlyTheLastRowOfALargeRunSuffersIsFound() throws ModelLoadException {
    company = answers -> answers[answers.length - 1] = answers.length == 32 ? 2 : 1;

    assertThat(tried(ExecutionProvider.CUDA)).isEqualTo(BatchEffect.DEPENDENT);
  }

  @Test
  void whatOnlyRowsBesideAWholeBlockSufferIsFound() throws ModelLoadException {
    company = answers -> answers[answers.length - 1] = answers.length % 4 == 3 ? 2 : 1;

    assertThat(tried(ExecutionProvider.CUDA)).isEqualTo(BatchEffect.DEPENDENT);
  }

  @Test
  void aRowThatStandsAtBothEndsIsTheSameRow() throws ModelLoadException {
    List<TensorSpec> input = List.of(new TensorSpec("x", DataType.FP32, Shape.of(-1, 2)));
    SampleInputs samples = SampleInputs.of(Signature.of(input, input), Map.of());

    Tensor[] framed = samples.framed(4, 1, 1);
    float[] values = framed[0].toFloats();

    assertThat(List.of(values[6], values[7])).isEqualTo(List.of(values[0], values[1]));
    assertThat(values[2]).isNotEqualTo(values[0]);
    float[] fewer = SampleInputs.withoutFirst(framed, 4)[0].toFloats();
    assertThat(fewer).isEqualTo(Arrays.copyOfRange(values, 2, 8));
  }

  @Test
  void aModelThatIsSlowOnTheCpuIsNotRunAgainAndAgain() throws ModelLoadException {
    BatchEffect effect = tried(ExecutionProvider.CPU);

    assertThat(effect).isEqualTo(BatchEffect.UNKNOWN);
    assertThat(sizesSeen).containsExactly(1);
  }
}
