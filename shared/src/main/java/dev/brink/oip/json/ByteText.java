package dev.brink.oip.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Whole numbers from -128 to 255 with a comma behind them, out of a table. */
final class ByteText {

  /** Room that one takes; {@code -128,} has five bytes, written as eight. */
  static final int MOST = 8;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int LOWEST = Byte.MIN_VALUE;
  private static final long[] TEXTS = new long[384];
  private static final byte[] LENGTHS = new byte[384];

  static {
    for (int i = 0; i < TEXTS.length; i++) {
      byte[] text = (i + LOWEST + ",").getBytes(StandardCharsets.US_ASCII);
      for (int j = 0; j < text.length; j++) {
        TEXTS[i] |= (long) text[j] << 8 * j;
      }
      LENGTHS[i] = (byte) text.length;
    }
  }

  private ByteText() {}

  /** Writes {@code value} and a comma at {@code at}; returns where they end. */
  static int write(int value, byte[] text, int at) {
    LONG.set(text, at, TEXTS[value - LOWEST]);
    return at + LENGTHS[value - LOWEST];
  }
}
