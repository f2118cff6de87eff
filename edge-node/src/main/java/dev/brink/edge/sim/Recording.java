package dev.brink.edge.sim;

import dev.brink.edge.trace.TraceLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node wrote down of one model's requests. Whether the cloud would have agreed is known of
 * those that it was asked; each of the others is given the outcome of one that it was asked, drawn
 * from the nearest in confidence. Between equally sure answers the node asks at random, so that
 * this is fair.
 *
 * @param roundTripMillis of the uplink, the median of what was recorded
 * @param cloud how long the cloud took, queue and run
 */
record Recording(List<Request> requests, double roundTripMillis, ServiceTimes cloud) {

  /** How recorded answers say "I don't know". */
  static final String UNKNOWN = "unknown";

  private static final Logger log = LoggerFactory.getLogger(Recording.class);
  private static final String SAME = "same";
  private static final String OTHER = "other";
  private static final int NEAREST = 25;
  private static final int QUANTILES = 21;

  /**
   * @param atNanos after the first one
   */
  record Request(long atNanos, Arrivals.Arrival arrival) {}

  /**
   * @param model whose requests are wanted; empty for the one that is met first
   * @throws IllegalArgumentException where a line is none, or nothing can be said of the cloud
   */
  static Recording read(Path file, String model, long seed) throws IOException {
    try (Stream<String> lines = whole(file).stream()) {
      List<TraceLine> all =
          lines
              .filter(line -> !line.isBlank() && !line.equals(TraceLine.HEADER))
              .map(TraceLine::parse)
              .sorted(Comparator.comparingLong(TraceLine::arrivedMicros))
              .toList();
      String wanted = model.isEmpty() && !all.isEmpty() ? all.get(0).model() : model;
      return of(all.stream().filter(line -> line.model().equals(wanted)).toList(), seed);
    } catch (CharacterCodingException unreadable) {
      throw new IllegalArgumentException("no trace: " + file, unreadable);
    } catch (NoSuchFileException absent) {
      throw new IllegalArgumentException("no such file: " + file, absent);
    }
  }

  /** A node that ended while it wrote leaves a line that is none, or worse, looks like one. */
  private static List<String> whole(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || endsALine(file)) {
      return lines;
    }
    log.atWarn().addKeyValue("file", file).log("the last line of the trace is cut, and left out");
    return lines.subList(0, lines.size() - 1);
  }

  private static boolean endsALine(Path file) throws IOException {
    try (SeekableByteChannel bytes = Files.newByteChannel(file)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      bytes.position(bytes.size() - 1).read(last);
      return last.get(0) == '\n';
    }
  }

  static Recording of(List<TraceLine> lines, long seed) {
    List<TraceLine> asked = lines.stream().filter(line -> line.agree().isPresent()).toList();
    Answered known = new Answered(asked, false, new SplittableRandom(seed));
    Answered unknown = new Answered(asked, true, new SplittableRandom(seed + 1));
    if (asked.isEmpty()) {
      throw new IllegalArgumentException("the trace holds no answer that the cloud gave");
    }
    long first = lines.get(0).arrivedMicros();
    List<Request> requests = new ArrayList<>();
    for (TraceLine line : lines) {
      boolean agree = line.agree().orElseGet(() -> (line.unknown() ? unknown : known).draw(line));
      requests.add(
          new Request(
              (line.arrivedMicros() - first) * 1000,
              new Arrivals.Arrival(trace(line, agree), line.leftMicros() * 1000)));
    }
    double roundTrip = quantiles(asked, TraceLine::uplinkMicros)[QUANTILES / 2] / 1e3;
    ServiceTimes cloud = ServiceTimes.of(quantiles(asked, TraceLine::cloudMicros));
    return new Recording(List.copyOf(requests), roundTrip, cloud);
  }

  /** Nothing happens but what happened there. */
  Scenario scenario() {
    double seconds = requests.get(requests.size() - 1).atNanos() / 1e9 + 1e-6;
    return Scenario.recorded(seconds, requests.size() / Math.max(1, seconds), roundTripMillis);
  }

  private static Trace trace(TraceLine line, boolean agree) {
    String edge = line.unknown() ? UNKNOWN : SAME;
    String cloud = agree ? edge : OTHER;
    double confidence = Double.isNaN(line.confidence()) ? 0 : line.confidence();
    return new Trace(confidence, edge, cloud, cloud, false);
  }

  private static double[] quantiles(List<TraceLine> lines, ToLongFunction<TraceLine> time) {
    long[] sorted = lines.stream().mapToLong(time).sorted().toArray();
    double[] quantiles = new double[QUANTILES];
    for (int i = 0; i < QUANTILES; i++) {
      quantiles[i] = sorted[i * (sorted.length - 1) / (QUANTILES - 1)];
    }
    return quantiles;
  }

  /** Answers that the cloud compared, by confidence. */
  private static final class Answered {

    private final TraceLine[] sorted;
    private final double[] confidences;
    private final SplittableRandom random;

    Answered(List<TraceLine> asked, boolean unknown, SplittableRandom random) {
      this.sorted =
          asked.stream()
              .filter(line -> line.unknown() == unknown && !Double.isNaN(line.confidence()))
              .sorted(Comparator.comparingDouble(TraceLine::confidence))
              .toArray(TraceLine[]::new);
      this.confidences = Arrays.stream(sorted).mapToDouble(TraceLine::confidence).toArray();
      this.random = random;
    }

    boolean draw(TraceLine line) {
      if (sorted.length == 0) {
        return false;
      }
      int found = Arrays.binarySearch(confidences, line.confidence());
      int at = found >= 0 ? found : -found - 1;
      int from = Math.max(0, Math.min(at - NEAREST / 2, sorted.length - NEAREST));
      int count = Math.min(NEAREST, sorted.length);
      return sorted[from + random.nextInt(count)].agree().orElseThrow();
    }
  }
}
