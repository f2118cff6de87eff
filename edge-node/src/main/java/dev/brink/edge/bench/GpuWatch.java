package dev.brink.edge.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * What {@code nvidia-smi} says of the first GPU: its name, and time and again the share of the last
 * moments in which it was busy. Where there is no such command, nothing.
 */
final class GpuWatch implements AutoCloseable {

  private static final List<String> NAME =
      List.of(
          "nvidia-smi",
          "--id=0",
          "--query-gpu=name,driver_version,memory.total",
          "--format=csv,noheader");

  private static final List<String> BUSY =
      List.of(
          "nvidia-smi",
          "--id=0",
          "--query-gpu=utilization.gpu",
          "--format=csv,noheader,nounits",
          "--loop-ms=100");

  private static final long PATIENCE_SECONDS = 5;

  private final String name;
  private final Optional<Process> process;
  private Thread reader;
  private double sum;
  private int samples;

  private GpuWatch(List<String> nameCommand, List<String> busyCommand) {
    this.name = firstLine(nameCommand);
    this.process = start(busyCommand);
    process.ifPresent(
        started ->
            reader = Thread.ofPlatform().daemon().name("gpu-watch").start(() -> read(started)));
  }

  static GpuWatch start() {
    return new GpuWatch(NAME, BUSY);
  }

  static GpuWatch of(List<String> nameCommand, List<String> busyCommand) {
    return new GpuWatch(nameCommand, busyCommand);
  }

  private static Optional<Process> start(List<String> command) {
    try {
      return Optional.of(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  private static String firstLine(List<String> command) {
    return start(command).map(GpuWatch::firstLine).orElse("a GPU that nvidia-smi does not name");
  }

  private static String firstLine(Process started) {
    try (BufferedReader lines = started.inputReader()) {
      return String.valueOf(lines.readLine());
    } catch (IOException broken) {
      return broken.getMessage();
    }
  }

  private void read(Process started) {
    started.inputReader().lines().forEach(this::sample);
  }

  private synchronized void sample(String line) {
    if (line.matches("\\s*\\d{1,3}\\s*")) {
      sum += Integer.parseInt(line.strip());
      samples++;
    }
  }

  String name() {
    return name;
  }

  synchronized void forget() {
    sum = 0;
    samples = 0;
  }

  /** Mean percentage since it was last told to forget; empty where there was no sample. */
  synchronized OptionalDouble busy() {
    return samples == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / samples);
  }

  /** Reads what a command that ends by itself has to say. */
  void awaitEnd() throws InterruptedException {
    if (reader != null) {
      reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }
  }

  @Override
  public void close() {
    process.ifPresent(Process::destroy);
  }
}
