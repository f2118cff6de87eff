package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** One kind of request to one server, and what its windows have come to so far. */
final class ServeCase {

  private static final double BARE_SECONDS = 0.3;
  private static final double SETTLING_SECONDS = 0.3;

  private final String name;
  private final Server server;
  private final BareLoop bare;
  private final Opener opener;
  private final List<Sample> samples = new ArrayList<>();

  /** Opens the connections of one window. */
  @FunctionalInterface
  interface Opener {
    Load open() throws IOException;
  }

  /**
   * @param bareMicros CPU of the bare loop just before and just after, on average
   */
  private record Sample(double bareMicros, LoadWindow window) {}

  ServeCase(String name, Server server, BareLoop bare, Opener opener) {
    this.name = name;
    this.server = server;
    this.bare = bare;
    this.opener = opener;
  }

  /** {@code request} over HTTP, on so many connections. */
  static ServeCase http(
      String name, Server server, BareLoop bare, byte[] request, int connections) {
    return new ServeCase(
        name, server, bare, () -> new HttpLoad(server.port(), request, connections));
  }

  String name() {
    return name;
  }

  void warm(double seconds) throws IOException {
    try (Load load = opener.open()) {
      load.closed(0, seconds, () -> 0);
    }
  }

  /** One window between two looks at the bare loop. */
  void measure(double seconds) throws IOException, OrtException {
    double before = bare.cpuMicros(BARE_SECONDS);
    LoadWindow window = window(seconds, server::cpuSeconds);
    samples.add(new Sample((before + bare.cpuMicros(BARE_SECONDS)) / 2, window));
    if (window.unanswered() > 0) {
      throw CommandFailure.failed("%s: %d not answered".formatted(name, window.unanswered()));
    }
  }

  /** A window by another meter, which does not count among the others. */
  LoadWindow window(double seconds, DoubleSupplier meter) throws IOException {
    try (Load load = opener.open()) {
      return load.closed(SETTLING_SECONDS, seconds, meter);
    }
  }

  /** Of the bare loop and this server, CPU against CPU. */
  double efficiency() {
    return median(sample -> sample.bareMicros() / cpuMicros(sample));
  }

  double bareMicros() {
    return median(Sample::bareMicros);
  }

  double cpuMicros() {
    return median(ServeCase::cpuMicros);
  }

  private static double cpuMicros(Sample sample) {
    return sample.window().spentPerAnswer() * 1e6;
  }

  double perSecond() {
    return median(sample -> sample.window().perSecond());
  }

  double medianMillis() {
    return median(sample -> sample.window().millis(0.5));
  }

  /** This case's CPU over {@code other}'s, round by round. */
  double cpuOver(ServeCase other) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(samples.size(), other.samples.size()); i++) {
      ratios.add(cpuMicros(samples.get(i)) / cpuMicros(other.samples.get(i)));
    }
    return median(ratios);
  }

  /** This case's median latency over {@code other}'s, round by round. */
  double latencyOver(ServeCase other) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(samples.size(), other.samples.size()); i++) {
      ratios.add(samples.get(i).window().millis(0.5) / other.samples.get(i).window().millis(0.5));
    }
    return median(ratios);
  }

  /** How far apart the bare loop's figures were: 1 on a quiet machine. */
  double noise() {
    double least = samples.stream().mapToDouble(Sample::bareMicros).min().orElse(1);
    return samples.stream().mapToDouble(Sample::bareMicros).max().orElse(1) / least;
  }

  private double median(ToDoubleFunction<Sample> figure) {
    return median(samples.stream().mapToDouble(figure).boxed().toList());
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }
}
