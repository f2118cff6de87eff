package dev.brink.oip.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Shape;
import dev.brink.inference.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Mutates good bodies for a bounded number of times ({@code -Dbrink.fuzz.inputs}, 60 000 each by
 * default): whatever comes, the decoders give a request or refuse it as an invalid one.
 */
class DecoderFuzzTest {

  private static final int INPUTS = Integer.getInteger("brink.fuzz.inputs", 60_000);
  private static final long SEED = Long.getLong("brink.fuzz.seed", 20_261_120L);

  private static final List<String> SEEDS =
      List.of(
          "{\"id\":\"1\",\"inputs\":[{\"name\":\"x\",\"shape\":[2,2],\"datatype\":\"FP32\",\"data\":[[1.5,-2e-3],[NaN,0]]}]}",
          "{\"parameters\":{\"timeout\":5,\"binary_data_output\":true,\"f\":0.5},\"inputs\":[{\"name\":\"x\",\"shape\":[3],\"datatype\":\"UINT8\",\"data\":[0,255,7]}],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"classification\":2}}]}",
          "{\"inputs\":[{\"name\":\"t\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"a\\u00e9\\ud83d\\ude00\",\"\\n"
              + "\"]},{\"name\":\"b\",\"datatype\":\"BOOL\",\"shape\":[2],\"data\":[true,false]}]}",
          "{\"inputs\":[{\"data\":[1,2],\"name\":\"i\",\"datatype\":\"INT64\",\"shape\":[2]},{\"name\":\"r\",\"datatype\":\"INT32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":4}}]}abcd",
          "{\"PROMPT\":\"hi\",\"STREAM\":[true],\"N\":[1,2],\"x\":1,\"parameters\":{\"y\":2}}");

  private static final byte[] INTERESTING =
      "{}[]\",:\\0123456789.eE+-NaInftrulsx \n\u0000".getBytes(StandardCharsets.ISO_8859_1);
  private static final List<TensorSpec> SPECS =
      List.of(
          new TensorSpec("PROMPT", DataType.BYTES, Shape.of(-1, 1)),
          new TensorSpec("STREAM", DataType.BOOL, Shape.of(-1, 1)),
          new TensorSpec("N", DataType.FP32, Shape.of(-1, -1)));

  private int accepted;

  @Test
  void bodiesOfInferNeverDoWorseThanBeRefused() {
    fuzz(
        (body, random) -> {
          int header = random.nextInt(4) == 0 ? random.nextInt(body.length + 1) : body.length;
          InferBodyReader.read("m", body, body.length, header, bytes -> true);
        });

    assertThat(accepted).isPositive().isLessThan(INPUTS);
  }

  @Test
  void bodiesOfGenerateNeverDoWorseThanBeRefused() {
    fuzz((body, random) -> GenerateBodyReader.read(body, body.length, SPECS, true, bytes -> true));

    assertThat(accepted).isPositive().isLessThan(INPUTS);
  }

  private void fuzz(Decoder decoder) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < INPUTS; i++) {
      byte[] body = mutated(random);
      try {
        decoder.decode(body, random);
        accepted++;
      } catch (InferenceException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      } catch (RuntimeException | StackOverflowError wrong) {
        throw new AssertionError(
            "input " + i + ": " + new String(body, StandardCharsets.ISO_8859_1), wrong);
      }
    }
  }

  private static byte[] mutated(SplittableRandom random) {
    byte[] body = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      body = mutated(body, random);
    }
    return body;
  }

  private static byte[] mutated(byte[] body, SplittableRandom random) {
    if (body.length == 0) {
      return body;
    }
    int at = random.nextInt(body.length);
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(body, at);
      case 1 -> replaced(body, at, at + 1, one(INTERESTING[random.nextInt(INTERESTING.length)]));
      case 2 -> replaced(body, at, at, one(INTERESTING[random.nextInt(INTERESTING.length)]));
      case 3 -> replaced(body, at, at + 1, one((byte) random.nextInt(256)));
      case 4 -> replaced(body, at, Math.min(body.length, at + random.nextInt(20)), new byte[0]);
      default -> {
        int end = Math.min(body.length, at + random.nextInt(30));
        yield replaced(body, at, at, Arrays.copyOfRange(body, at, end));
      }
    };
  }

  private static byte[] one(byte value) {
    return new byte[] {value};
  }

  private static byte[] replaced(byte[] body, int from, int to, byte[] by) {
    byte[] changed = new byte[body.length - (to - from) + by.length];
    System.arraycopy(body, 0, changed, 0, from);
    System.arraycopy(by, 0, changed, from, by.length);
    System.arraycopy(body, to, changed, from + by.length, body.length - to);
    return changed;
  }

  @FunctionalInterface
  private interface Decoder {
    void decode(byte[] body, SplittableRandom random);
  }
}
