package dev.brink.routing;

import static dev.brink.model.Signal.DETECTION;
import static dev.brink.model.Signal.ENERGY;
import static dev.brink.model.Signal.ENTROPY;
import static dev.brink.model.Signal.MARGIN;
import static dev.brink.model.Signal.MAX_PROBABILITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.Signal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfidenceTest {

  @Test
  void readsEverySignal() {
    assertThat(Confidence.ofRow(MAX_PROBABILITY, 0.7, 0.2, 0.1)).isEqualTo(0.7);
    assertThat(Confidence.ofRow(MARGIN, 0.2, 0.7, 0.1)).isCloseTo(0.5, within(1e-12));
    assertThat(Confidence.ofRow(ENTROPY, 0.5, 0.5, 0, 0)).isCloseTo(0.5, within(1e-12));
    assertThat(Confidence.ofRow(ENERGY, Math.log(3), Math.log(3)))
        .isCloseTo(Math.log(3) / (1 + Math.log(3)), within(1e-12));
    assertThat(Confidence.ofRow(DETECTION, 0.3, 0.9, 0.1)).isEqualTo(0.9);
  }

  @Test
  void theUniformDistributionIsNotConfident() {
    assertThat(Confidence.ofRow(MARGIN, 0.25, 0.25, 0.25, 0.25)).isZero();
    assertThat(Confidence.ofRow(ENTROPY, 0.25, 0.25, 0.25, 0.25)).isZero();
    assertThat(Confidence.ofRow(ENERGY, 0, 0, 0, 0)).isZero();
  }

  @Test
  void certaintyIsExactlyOne() {
    assertThat(Confidence.ofRow(MAX_PROBABILITY, 0, 1, 0)).isOne();
    assertThat(Confidence.ofRow(MARGIN, 0, 1, 0)).isOne();
    assertThat(Confidence.ofRow(ENTROPY, 0, 1, 0)).isOne();
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void nothingNaNAndZerosAreNotConfident(Signal signal) {
    assertThat(Confidence.ofRow(signal)).isZero();
    assertThat(Confidence.ofRow(signal, 0.9, Double.NaN)).isZero();
    assertThat(Confidence.ofRow(signal, 0, 0, 0)).isZero();
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void staysBetweenZeroAndOneWhateverTheModelSays(Signal signal) {
    for (double[] row :
        new double[][] {
          {1e300, -1e300},
          {Double.POSITIVE_INFINITY, 1},
          {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY},
          {Double.NEGATIVE_INFINITY, 2},
          {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY},
          {-5, -6}
        }) {
      assertThat(Confidence.ofRow(signal, row)).isBetween(0.0, 1.0);
    }
  }

  @Test
  void aSingleClassIsYesAgainstNo() {
    assertThat(Confidence.ofRow(MAX_PROBABILITY, 0.1)).isEqualTo(0.9);
    assertThat(Confidence.ofRow(MARGIN, 0.1)).isCloseTo(0.8, within(1e-12));
    assertThat(Confidence.ofRow(ENTROPY, 0.5)).isZero();
    assertThat(Confidence.ofRow(ENTROPY, 1)).isOne();
  }

  @Test
  void theLeastConfidentRowOfABatchCounts() {
    Tensor scores = Tensor.ofFloats("p", Shape.of(3, 2), 1, 0, 0.4f, 0.6f, 0.9f, 0.1f);

    assertThat(Confidence.of(MAX_PROBABILITY, scores)).isEqualTo(0.6f);
  }

  @Test
  void aBatchWithoutRowsLeavesNothingToDoubt() {
    assertThat(Confidence.of(MAX_PROBABILITY, Tensor.ofFloats("p", Shape.of(0, 2)))).isOne();
    assertThat(Confidence.of(ENTROPY, Tensor.ofFloats("p", Shape.of(0, 1)))).isOne();
  }

  @Test
  void anEmptyDetectionListIsNotConfident() {
    assertThat(Confidence.of(DETECTION, Tensor.ofFloats("p", Shape.of(0, 2)))).isZero();
    assertThat(Confidence.of(DETECTION, Tensor.ofFloats("p", Shape.of(1, 0)))).isZero();
    assertThat(Confidence.of(DETECTION, Tensor.ofFloats("p", Shape.of(0)))).isZero();
  }

  @Test
  void readsHalfAndDoublePrecision() {
    ByteBuffer half = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    half.putShort(Float.floatToFloat16(0.75f)).putShort(Float.floatToFloat16(0.25f)).flip();
    ByteBuffer wide = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    wide.putDouble(0.7).putDouble(0.3).flip();

    assertThat(Confidence.of(MAX_PROBABILITY, Tensor.of("p", DataType.FP16, Shape.of(1, 2), half)))
        .isEqualTo(0.75);
    assertThat(Confidence.of(MAX_PROBABILITY, Tensor.of("p", DataType.FP64, Shape.of(1, 2), wide)))
        .isEqualTo(0.7);
  }

  @Test
  void hasNoConfidenceInWhatIsNoScore() {
    Tensor words = Tensor.ofStrings("p", Shape.of(1), List.of("yes"));

    assertThat(Confidence.of(MAX_PROBABILITY, words)).isNaN();
  }
}
