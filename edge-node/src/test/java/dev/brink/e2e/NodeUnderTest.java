package dev.brink.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node as users run it: its own process, from the built distribution, on free ports. */
final class NodeUnderTest implements AutoCloseable {

  private static final Pattern READY =
      Pattern.compile("ready (edge|cloud) http=(\\d+) grpc=(\\d+|-) management=(\\d+)");
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final Process process;
  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Matcher> ready = new CompletableFuture<>();
  private final Thread reader;

  private NodeUnderTest(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().start(this::read);
  }

  /** Starts a node without waiting for it; {@code settings} are {@code key=value}. */
  static NodeUnderTest launch(String role, String... settings) throws IOException {
    return launch(Map.of(), role, settings);
  }

  private static NodeUnderTest launch(
      Map<String, String> environment, String role, String... settings) throws IOException {
    return launch(environment, command(role, settings));
  }

  /** Starts a node that has a network of its own, without waiting for it. */
  static NodeUnderTest launchAlone(String role, String... settings) throws IOException {
    return launch(Map.of(), Isolation.of(command(role, settings)));
  }

  private static List<String> command(String role, String... settings) {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("brink").toString(), role));
    for (String setting : settings) {
      command.add("--set");
      command.add(setting);
    }
    return command;
  }

  private static NodeUnderTest launch(Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "BRINK_JAVA_HOME", System.getProperty("java.home"),
                "BRINK_BUILD", "off",
                "BRINK_ARCHIVE", "off"));
    builder.environment().putAll(environment);
    return new NodeUnderTest(builder.start());
  }

  /** Starts a node on free ports and waits until it says that it is ready. */
  static NodeUnderTest start(String role, String... settings) throws Exception {
    return start(Map.of(), role, settings);
  }

  /**
   * @param environment added to this process's own
   */
  static NodeUnderTest start(Map<String, String> environment, String role, String... settings)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("http.port=0", "grpc.port=0", "management.port=0"));
    all.addAll(List.of(settings));
    NodeUnderTest node = launch(environment, role, all.toArray(String[]::new));
    node.awaitReady();
    return node;
  }

  void awaitReady() throws InterruptedException, ExecutionException {
    try {
      ready.get(60, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new AssertionError("no ready line:\n" + output(), late);
    }
  }

  int httpPort() {
    return port(2);
  }

  int grpcPort() {
    return port(3);
  }

  int managementPort() {
    return port(4);
  }

  String http(String path) {
    return "http://127.0.0.1:" + httpPort() + path;
  }

  String management(String path) {
    return "http://127.0.0.1:" + managementPort() + path;
  }

  long pid() {
    return process.pid();
  }

  String output() {
    return String.join("\n", output);
  }

  /** As a power cut would. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** As Ctrl-C would; returns the exit status. */
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitExit();
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("does not exit:\n" + output());
    }
    reader.join(Duration.ofSeconds(60));
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }

  private int port(int group) {
    return Integer.parseInt(ready.join().group(group));
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready.complete(matcher);
        }
      }
    } catch (IOException closed) {
      output.add("(output closed: " + closed.getMessage() + ")");
    }
    ready.completeExceptionally(new AssertionError("exited before it was ready:\n" + output()));
  }
}
