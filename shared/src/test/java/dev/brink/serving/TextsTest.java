package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextsTest {

  private static final byte[] EVERY_BYTE = new byte[256];

  static {
    for (int i = 0; i < EVERY_BYTE.length; i++) {
      EVERY_BYTE[i] = (byte) i;
    }
  }

  @Test
  void everyElementComesBackAsTheBytesItWas() throws OrtException {
    assertComesBack(
        utf8(""),
        utf8("plain"),
        utf8("he\0llo"),
        utf8("\0"),
        utf8("😀 and é and \uFFFD"),
        EVERY_BYTE,
        new byte[] {(byte) 0xff},
        new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        utf8("x".repeat(100_000)));
  }

  @Test
  void randomBytesComeBack() throws OrtException {
    SplittableRandom random = new SplittableRandom(1);
    byte[][] elements = new byte[500][];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = new byte[random.nextInt(40)];
      random.nextBytes(elements[i]);
    }

    assertComesBack(elements);
  }

  @Test
  void noElementsAreNoElements() throws OrtException {
    assertComesBack();
  }

  @Test
  void elementsOfSeveralRequestsStandBehindOneAnother() throws OrtException {
    Tensor first = tensor(utf8("a"), utf8("\0"));
    Tensor second = tensor(EVERY_BYTE);

    try (OnnxTensor tensor = Texts.toOrt(List.of(first, second), Shape.of(3))) {
      assertThat(Texts.ofOrt(tensor, 3)).isDeepEqualTo(new byte[][] {{'a'}, {0}, EVERY_BYTE});
    }
  }

  private static void assertComesBack(byte[]... elements) throws OrtException {
    Shape shape = Shape.of(elements.length);
    try (OnnxTensor tensor = Texts.toOrt(List.of(tensor(elements)), shape)) {
      byte[][] back = Texts.ofOrt(tensor, elements.length);
      assertThat(back).isDeepEqualTo(elements);
      assertThat(Texts.encode("x", shape, back, 0, back.length).data())
          .isEqualTo(tensor(elements).data());
    }
  }

  private static Tensor tensor(byte[]... elements) {
    return Tensor.ofBytes("x", Shape.of(elements.length), Arrays.asList(elements));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
