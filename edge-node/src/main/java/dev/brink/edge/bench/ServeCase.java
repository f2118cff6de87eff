package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One kind of request, and what its windows have come to so far. */
final class ServeCase {

  private static final double RAW_SECONDS = 0.25;

  private final byte[] request;
  private final int connections;
  private final RawLoop raw;
  private final List<Sample> samples = new ArrayList<>();

  /**
   * @param rawMicros CPU of the bare loop just before and just after, on average
   */
  private record Sample(double rawMicros, LoadWindow window) {}

  ServeCase(byte[] request, int connections, RawLoop raw) {
    this.request = request;
    this.connections = connections;
    this.raw = raw;
  }

  ServeCase withConnections(int other) {
    return new ServeCase(request, other, raw);
  }

  byte[] request() {
    return request;
  }

  void warm(ServeProcess server, double seconds) throws IOException {
    try (HttpLoad load = new HttpLoad(server.port(), request, connections)) {
      load.closed(0, seconds, () -> 0);
    }
  }

  /** One window between two looks at the bare loop. */
  void measure(ServeProcess server, double seconds) throws IOException, OrtException {
    double before = raw.cpuMicros(RAW_SECONDS);
    LoadWindow window;
    try (HttpLoad load = new HttpLoad(server.port(), request, connections)) {
      window = load.closed(0.3, seconds, server::cpuSeconds);
    }
    samples.add(new Sample((before + raw.cpuMicros(RAW_SECONDS)) / 2, window));
  }

  double efficiency() {
    return median(sample -> sample.rawMicros() / sample.window().cpuMicros());
  }

  double rawMicros() {
    return median(Sample::rawMicros);
  }

  double cpuMicros() {
    return median(sample -> sample.window().cpuMicros());
  }

  double perSecond() {
    return median(sample -> sample.window().perSecond());
  }

  double medianMillis() {
    return median(sample -> sample.window().millis(0.5));
  }

  double p99Millis() {
    return median(sample -> sample.window().millis(0.99));
  }

  int failed() {
    return samples.stream().mapToInt(s -> s.window().unanswered()).sum();
  }

  /** How far apart the bare loop's figures were: 1 on a quiet machine. */
  double noise() {
    double least = samples.stream().mapToDouble(Sample::rawMicros).min().orElse(1);
    return samples.stream().mapToDouble(Sample::rawMicros).max().orElse(1) / least;
  }

  private double median(ToDoubleFunction<Sample> figure) {
    List<Double> values = new ArrayList<>();
    samples.forEach(sample -> values.add(figure.applyAsDouble(sample)));
    Collections.sort(values);
    return values.isEmpty() ? Double.NaN : values.get(values.size() / 2);
  }
}
