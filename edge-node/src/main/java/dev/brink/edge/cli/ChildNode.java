package dev.brink.edge.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node as a process of its own that never outlives the one that started it. */
public final class ChildNode {

  private static final Pattern READY =
      Pattern.compile("ready (?:edge|cloud) http=(\\d+) grpc=(\\d+|-) management=(\\d+)");
  private static final long START_SECONDS = 90;
  private static final long STOP_SECONDS = 50;
  private static final int SHOWN_LINES = 20;

  private final String role;
  private final Process process;
  private final Path log;
  private final CompletableFuture<Matcher> ready = new CompletableFuture<>();

  private ChildNode(String role, Process process, Path log) {
    this.role = role;
    this.process = process;
    this.log = log;
    Thread.ofPlatform().daemon().name(role + "-output").start(this::read);
  }

  /**
   * @param launcher the script {@code brink}
   * @param settings each {@code key=value}
   */
  public static ChildNode start(String role, Path launcher, List<String> settings, Path log) {
    return start(role, launcher, settings, log, Map.of());
  }

  /**
   * @param environment added to this process's own
   */
  public static ChildNode start(
      String role,
      Path launcher,
      List<String> settings,
      Path log,
      Map<String, String> environment) {
    List<String> command = new ArrayList<>(List.of(launcher.toString(), role, "--watch-parent"));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("BRINK_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    try {
      return new ChildNode(role, builder.start(), log);
    } catch (IOException refused) {
      throw CommandFailure.failed("cannot run " + launcher + ": " + refused.getMessage());
    }
  }

  /** Waits for the node's own word that it is ready. */
  public void awaitReady() {
    try {
      ready.orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
    } catch (java.util.concurrent.CompletionException notReady) {
      String why =
          notReady.getCause() instanceof TimeoutException
              ? "is not ready after " + START_SECONDS + " s"
              : "ended before it was ready";
      throw failure(why);
    }
  }

  public String http() {
    return "http://127.0.0.1:" + ready.join().group(1);
  }

  public String grpc() {
    return "127.0.0.1:" + ready.join().group(2);
  }

  public String management() {
    return "http://127.0.0.1:" + ready.join().group(3);
  }

  public long pid() {
    return process.pid();
  }

  public Path log() {
    return log;
  }

  /** Waits for the node's end, at most as long as given; whether it has ended. */
  boolean endsWithin(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  CompletableFuture<Process> ended() {
    return process.onExit();
  }

  CommandFailure failure(String what) {
    return CommandFailure.failed("the " + role + " node " + what + "; it said:\n" + lastWords());
  }

  /** Lets the node drain, and ends it where that takes too long. */
  public void stop() {
    process.destroy();
    if (!endsWithin(STOP_SECONDS * 1000)) {
      process.destroyForcibly();
    }
  }

  /** Ends the node at once, as a power cut would. */
  public void kill() {
    process.destroyForcibly();
    endsWithin(STOP_SECONDS * 1000);
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready.complete(matcher);
        }
      }
    } catch (IOException closed) {
      ready.completeExceptionally(closed);
    }
    ready.completeExceptionally(new IllegalStateException("ended"));
  }

  private String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
