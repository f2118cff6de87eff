package dev.brink.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {

  @Test
  void stringsSurviveTheRawForm() {
    Tensor tensor = Tensor.ofStrings("text", Shape.of(3, 1), List.of("", "café", "你好"));

    assertThat(tensor.toStrings()).containsExactly("", "café", "你好");
    assertThat(tensor.byteSize()).isEqualTo(3 * 4 + 5 + 6);
  }

  @Test
  void dataThatDoesNotFitTheShapeIsRefusedByName() {
    assertThatThrownBy(
            () -> Tensor.of("INPUT0", DataType.FP32, Shape.of(1, 8), ByteBuffer.allocate(40)))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("'INPUT0'")
        .hasMessageContaining("Expected 32, got 40");
  }

  @Test
  void truncatedStringsAreRefused() {
    assertThatThrownBy(
            () ->
                Tensor.of(
                    "S", DataType.BYTES, Shape.of(1), ByteBuffer.wrap(new byte[] {9, 0, 0, 0})))
        .hasMessageContaining("incomplete string data");
    assertThatThrownBy(
            () -> Tensor.of("S", DataType.BYTES, Shape.of(2), ByteBuffer.wrap(new byte[4])))
        .hasMessageContaining("expected 2 string elements");
  }

  @Test
  void anElementCountThatOverflowsIsRefused() {
    assertThatThrownBy(
            () ->
                Tensor.of("X", DataType.FP32, Shape.of(4, (1L << 60) + 2), ByteBuffer.allocate(16)))
        .hasMessageContaining("byte size overflow");
  }

  @Test
  void aDimensionOfZeroHasNoElements() {
    assertThat(Tensor.of("X", DataType.INT64, Shape.of(0, 7), ByteBuffer.allocate(0)).byteSize())
        .isZero();
  }

  @Test
  void readersCannotChangeTheData() {
    Tensor tensor = Tensor.ofFloats("x", Shape.of(2), 1f, 2f);

    assertThat(tensor.data().isReadOnly()).isTrue();
    tensor.data().getFloat();
    assertThat(tensor.toFloats()).containsExactly(1f, 2f);
  }
}
