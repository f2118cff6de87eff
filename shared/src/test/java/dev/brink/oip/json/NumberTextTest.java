package dev.brink.oip.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers read and written exactly as the JDK reads them; every random case is seeded. */
class NumberTextTest {

  private static final int CASES = 60_000;
  private static final List<String> HARD =
      List.of(
          "0",
          "-0",
          "0.0",
          "-0.0e0",
          "1",
          "1e0",
          "1E+2",
          "5e-324",
          "2.4703282292062327e-324",
          "2.4703282292062328e-324",
          "2.2250738585072011e-308",
          "2.2250738585072014e-308",
          "1.7976931348623157e308",
          "9007199254740993",
          "9007199254740992.9999999999999999",
          "9007199254740993.0000000000000001",
          "123456789012345678901234567890",
          "0.000000000000000000000000000000000000000000001401298464324817",
          "7.0064923216240853e-46",
          "7.0064923216240854e-46",
          "1.17549435e-38",
          "1.1754943508222875e-38",
          "3.4028234663852886e38",
          "16777217",
          "16777216.999999999999999999999",
          "16777217.000000000000000000001",
          "0.50000001490116119384765625",
          "0.500000014901161193847656250000000000000000000001",
          "0.1",
          "0.10000000149011612",
          "1e-400",
          "1e-5000000000",
          "8.41e21",
          "9.5367431640625e-7",
          "6.631236846766476e-316",
          "3.5394724e-310");

  @Test
  void hardDecimalsAreReadAsTheJdkReadsThem() {
    for (String text : HARD) {
      assertSameDouble(text);
      if (Math.abs(Double.parseDouble(text)) <= Float.MAX_VALUE) {
        assertSameFloat(text);
      }
    }
  }

  @Test
  void everyFloatIsReadBackFromEveryFormOfIt() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < CASES; i++) {
      float value = finiteFloat(random);
      assertSameFloat(Float.toString(value));
      assertSameFloat(Double.toString(value));
      assertSameFloat(new BigDecimal(value).toString());
    }
  }

  @Test
  void decimalsHalfwayBetweenFloatsAreRoundedToTheRightSide() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < CASES / 3; i++) {
      float value = Math.abs(finiteFloat(random));
      float next = Math.nextUp(value);
      if (Float.isInfinite(next)) {
        continue;
      }
      BigDecimal half =
          new BigDecimal(value).add(new BigDecimal(next)).divide(BigDecimal.valueOf(2));
      BigDecimal little = half.ulp().movePointLeft(3);
      assertSameFloat(half.toString());
      assertSameFloat(half.add(little).toString());
      assertSameFloat(half.subtract(little).toString());
    }
  }

  @Test
  void everyDoubleIsReadBack() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < CASES; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertSameDouble(Double.toString(value));
        assertSameDouble(Double.toString(value).replace("E", "00E").replace("E-", "e-0"));
      }
    }
  }

  @Test
  void decimalsHalfwayBetweenDoublesAreRoundedToTheRightSide() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < CASES / 10; i++) {
      double value = Math.abs(random.nextDouble() * Math.pow(10, random.nextInt(-30, 30)));
      BigDecimal half =
          new BigDecimal(value)
              .add(new BigDecimal(Math.nextUp(value)))
              .divide(BigDecimal.valueOf(2));
      assertSameDouble(half.toString());
      assertSameDouble(half.add(half.ulp()).toString());
      assertSameDouble(half.subtract(half.ulp()).toString());
    }
  }

  @Test
  void decimalsOfUpToNineteenDigitsAndEveryExponentAreRead() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < CASES; i++) {
      long digits = random.nextLong() >>> random.nextInt(1, 64);
      String text = digits + "e" + random.nextInt(-340, 300);
      double expected = Double.parseDouble(text);
      if (Double.isFinite(expected)) {
        assertSameDouble(text);
      }
      if (Math.abs(expected) <= Float.MAX_VALUE) {
        assertSameFloat(text);
      }
    }
  }

  @Test
  void floatsAreWrittenAsShortAsTheJdkWritesThemAndReadBack() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < CASES * 3; i++) {
      float value = finiteFloat(random);
      String text = written(value);
      assertThat(Float.floatToRawIntBits(Float.parseFloat(text)))
          .as(text)
          .isEqualTo(Float.floatToRawIntBits(value));
      assertThat(significant(text)).as(text).isLessThanOrEqualTo(significant(value + ""));
    }
  }

  /** All of them with {@code -Dfloats.step=1}, in minutes. */
  @Test
  void floatsAreWrittenAsTheJdkWritesThem() {
    int step = Integer.getInteger("floats.step", 9973);
    IntStream.range(0, 256).parallel().forEach(part -> sameDigits(part, step));
  }

  private static void sameDigits(int part, int step) {
    byte[] text = new byte[FloatText.MOST];
    long end = part + 1L << 23;
    for (long bits = (long) part << 23; bits < end; bits += step) {
      float value = Float.intBitsToFloat((int) bits);
      int length = FloatText.write(value, text, 0);
      String ours = new String(text, 0, length, StandardCharsets.ISO_8859_1);
      if (Float.isFinite(value) && !sameDecimal(ours, Float.toString(value))) {
        // where one digit is enough the JDK gives the nearest of two
        assertThat(significant(ours)).as(ours).isEqualTo(1);
        assertThat(Float.parseFloat(ours)).isEqualTo(value);
      }
    }
  }

  /** Whether both are the same digits at the same power of ten. */
  private static boolean sameDecimal(String one, String other) {
    long first = decimal(one);
    return first == decimal(other);
  }

  /** Digits without zeros at either end, and in the lowest byte where the point is. */
  private static long decimal(String text) {
    long digits = 0;
    int point = 0;
    boolean behind = false;
    int exponent = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        behind = true;
      } else if (c == 'e' || c == 'E') {
        exponent = Integer.parseInt(text, i + 1, text.length(), 10);
        break;
      } else {
        digits = digits * 10 + c - '0';
        point += behind ? 1 : 0;
      }
    }
    while (digits != 0 && digits % 10 == 0) {
      digits /= 10;
      point--;
    }
    return digits << 8 | (exponent - point & 0xff);
  }

  @Test
  void floatsOfEveryMagnitudeHaveTheDigitsThatTheJdkGivesThem() {
    SplittableRandom random = new SplittableRandom(8);
    for (int exponent = 1; exponent < 255; exponent++) {
      for (int i = 0; i < 400; i++) {
        int bits = random.nextInt(2) << 31 | exponent << 23 | random.nextInt(1 << 23);
        float value = Float.intBitsToFloat(bits);
        assertThat(new BigDecimal(written(value))).isEqualByComparingTo(Float.toString(value));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      floats = {
        0f,
        -0f,
        1f,
        10f,
        100f,
        1e7f,
        1e9f,
        1e10f,
        1.5e10f,
        1e-4f,
        1e-5f,
        9.999e-5f,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        Float.MIN_NORMAL,
        0.1f,
        123456.79f,
        16777216f
      })
  void notableFloatsAreWrittenSoThatTheyReadBack(float value) {
    assertThat(Float.parseFloat(written(value))).isEqualTo(value);
    assertThat(Float.parseFloat(written(-value))).isEqualTo(-value);
  }

  @Test
  void whatIsNotFiniteIsWrittenAsABareWord() {
    assertThat(written(Float.NaN)).isEqualTo("NaN");
    assertThat(written(Float.POSITIVE_INFINITY)).isEqualTo("Infinity");
    assertThat(written(Float.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
  }

  @Test
  void wholeNumbersAreWrittenAsTheJdkWritesThem() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < CASES; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      JsonWriter json = new JsonWriter(8).number(value);
      assertThat(text(json.bytes())).isEqualTo(Long.toString(value));
    }
    assertThat(text(new JsonWriter(8).number((long) Integer.MIN_VALUE).bytes()))
        .isEqualTo("-2147483648");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01", "-", "1.", ".5", "+1", "1e", "1e+", "0x10", "1_000", "--1", "NaN1", "Inf", "-NaN",
        "1.5.2", "1e5e5", "٣"
      })
  void whatIsNoNumberIsRefused(String text) {
    assertThatThrownBy(() -> read("[" + text + "]", DataType.FP64, 1))
        .as(text)
        .isInstanceOf(dev.brink.inference.InferenceException.class);
  }

  @Test
  void integersKeepTheirRange() {
    assertThat(read("[-128,127]", DataType.INT8, 2).data().get(0)).isEqualTo((byte) -128);
    assertThat(read("[18446744073709551615]", DataType.UINT64, 1).data().getLong(0)).isEqualTo(-1);
    assertThat(read("[-9223372036854775808]", DataType.INT64, 1).data().getLong(0))
        .isEqualTo(Long.MIN_VALUE);
    assertThat(read("[-128, 127,0,9" + " ".repeat(64) + "]", DataType.INT8, 4).data().getInt(0))
        .isEqualTo(0x09007f80);
    assertThatThrownBy(() -> read("[1, 300,0,9" + " ".repeat(64) + "]", DataType.UINT8, 4))
        .hasMessageContaining("300");
    refused("[128]", DataType.INT8);
    refused("[-1]", DataType.UINT8);
    refused("[300]", DataType.UINT8);
    refused("[65536]", DataType.UINT16);
    refused("[4294967296]", DataType.UINT32);
    refused("[18446744073709551616]", DataType.UINT64);
    refused("[28446744073709551615]", DataType.UINT64);
    refused("[-1]", DataType.UINT64);
    refused("[9223372036854775808]", DataType.INT64);
    refused("[-9223372036854775809]", DataType.INT64);
    refused("[99999999999999999999999]", DataType.INT64);
    refused("[1e40]", DataType.FP32);
    refused("[-3.5e38]", DataType.FP32);
    refused("[1e309]", DataType.FP64);
  }

  @Test
  void anIntegerTensorTakesNoFractions() {
    refused("[1.0]", DataType.INT32);
    refused("[1e2]", DataType.INT32);
    refused("[NaN]", DataType.INT32);
    refused("[true]", DataType.INT32);
    refused("[\"1\"]", DataType.INT32);
    refused("[1]", DataType.BOOL);
    refused("[1]", DataType.BYTES);
    refused("[null]", DataType.FP32);
  }

  @Test
  void whatIsNotFiniteIsRead() {
    assertThat(read("[NaN, Infinity,-Infinity]", DataType.FP32, 3).toFloats())
        .containsExactly(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
  }

  private static void refused(String text, DataType type) {
    assertThatThrownBy(() -> read(text, type, 1))
        .as(text + " as " + type)
        .isInstanceOf(dev.brink.inference.InferenceException.class);
  }

  private static float finiteFloat(SplittableRandom random) {
    float value = Float.NaN;
    while (!Float.isFinite(value)) {
      value = Float.intBitsToFloat(random.nextInt());
    }
    return value;
  }

  /** In the midst of others, which is the quick way, and as the last value. */
  private static void assertSameFloat(String text) {
    float value = read("[" + text + "]", DataType.FP32, 1).data().getFloat(0);
    float amid =
        read("[1," + text + ", 2, 3" + " ".repeat(64) + "]", DataType.FP32, 4).data().getFloat(4);
    assertThat(Float.floatToRawIntBits(amid)).isEqualTo(Float.floatToRawIntBits(value));
    assertThat(Float.floatToRawIntBits(value))
        .as(text)
        .isEqualTo(Float.floatToRawIntBits(Float.parseFloat(text)));
  }

  private static void assertSameDouble(String text) {
    double value = read("[" + text + "]", DataType.FP64, 1).data().getDouble(0);
    double amid =
        read("[1," + text + ", 2, 3" + " ".repeat(64) + "]", DataType.FP64, 4).data().getDouble(8);
    assertThat(Double.doubleToRawLongBits(amid)).isEqualTo(Double.doubleToRawLongBits(value));
    assertThat(Double.doubleToRawLongBits(value))
        .as(text)
        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
  }

  private static Tensor read(String text, DataType type, int count) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return TensorReader.read(new JsonReader(utf8, 0, utf8.length), "x", type, Shape.of(count));
  }

  private static String written(float value) {
    byte[] text = new byte[FloatText.MOST];
    return new String(text, 0, FloatText.write(value, text, 0), StandardCharsets.US_ASCII);
  }

  private static String text(ByteSink bytes) {
    return new String(bytes.array(), 0, bytes.size(), StandardCharsets.US_ASCII);
  }

  private static int significant(String number) {
    return new BigDecimal(number.replace("NaN", "0")).stripTrailingZeros().precision();
  }
}
