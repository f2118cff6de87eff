package dev.brink.edge.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** The rows of a measurement: each a ratio of one run, or a figure with its bound. */
final class ServeReport {

  private final Table table =
      new Table("case", "figure", "measured", "at least", "goal", "bare us", "server us", "1/s");
  private double noise = 1;

  void efficiency(ServeCase measured, String least, String goal) {
    ratio(measured, "efficiency", measured.efficiency(), least, goal);
  }

  /** A figure of {@code measured}, with what it was measured beside. */
  void ratio(ServeCase measured, String figure, double value, String least, String goal) {
    noise = Math.max(noise, measured.noise());
    table.add(
        measured.name(),
        figure,
        two(value),
        least,
        goal,
        one(measured.bareMicros()),
        one(measured.cpuMicros()),
        whole(measured.perSecond()));
  }

  void figure(String name, String figure, String value, String least, String goal, String rate) {
    table.add(name, figure, value, least, goal, "", "", rate);
  }

  /** How far apart the bare loop's figures were at worst. */
  double noise() {
    return noise;
  }

  void print(PrintWriter out) {
    table.print(out);
  }

  void write(Path file) {
    table.write(file);
  }

  static String one(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  static String whole(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
