package dev.brink.config;

/** A number of bytes, written {@code 512}, {@code 64KiB}, {@code 64MiB} or {@code 1GiB}. */
public record DataSize(long bytes) {

  /**
   * @throws IllegalArgumentException where {@code text} is no size
   */
  public static DataSize parse(String text) {
    String trimmed = text.strip();
    int unit = trimmed.length();
    while (unit > 0 && !Character.isDigit(trimmed.charAt(unit - 1))) {
      unit--;
    }
    long factor =
        switch (trimmed.substring(unit).strip()) {
          case "", "B" -> 1L;
          case "KiB" -> 1L << 10;
          case "MiB" -> 1L << 20;
          case "GiB" -> 1L << 30;
          default -> throw new IllegalArgumentException(invalid(text));
        };
    try {
      return new DataSize(Math.multiplyExact(Long.parseLong(trimmed.substring(0, unit)), factor));
    } catch (NumberFormatException | ArithmeticException notASize) {
      throw new IllegalArgumentException(invalid(text), notASize);
    }
  }

  private static String invalid(String text) {
    return text + " (expected: a size such as 512, 64KiB, 64MiB or 1GiB)";
  }

  @Override
  public String toString() {
    if (bytes >= 1L << 30 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes >= 1L << 20 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    return bytes >= 1L << 10 && bytes % (1L << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "";
  }
}
