package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The first core is for servers and what they are compared with, the others for the load. */
final class ServerCore {

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final boolean TASKSET = CORES > 1 && run(List.of("taskset", "-V"));

  private static final Path SELF = Path.of("/proc/thread-self");
  private static final String ALLOWED = "Cpus_allowed_list:";

  private ServerCore() {}

  /** What is to be done there. */
  interface Work<T, X extends Exception> {
    T done() throws X;
  }

  /** {@code command}, on the servers' core where this machine can do that. */
  static List<String> prefixed(List<String> command) {
    List<String> words = new ArrayList<>();
    if (TASKSET) {
      words.addAll(List.of("taskset", "-c", "0"));
    }
    words.addAll(command);
    return words;
  }

  /** Moves a server that runs already, and this process out of its way; whether that worked. */
  static boolean take(long server) {
    return TASKSET && pin(server, "0") && pin(ProcessHandle.current().pid(), "1-" + (CORES - 1));
  }

  /** Does {@code work} on the servers' core, as far as this machine can do that. */
  static <T, X extends Exception> T there(Work<T, X> work) throws X {
    Optional<String> usual = visited();
    try {
      return work.done();
    } finally {
      usual.ifPresent(cores -> run(List.of("taskset", "-cp", cores, thread())));
    }
  }

  /** Where this thread came from; empty where it could not be moved. */
  private static Optional<String> visited() {
    return Optional.of(cores())
        .filter(usual -> TASKSET && !usual.isEmpty())
        .filter(usual -> run(List.of("taskset", "-cp", "0", thread())));
  }

  private static String thread() {
    try {
      return SELF.toRealPath().getFileName().toString();
    } catch (IOException notLinux) {
      return "";
    }
  }

  /** Those that this thread may run on now, such as {@code 0-3}; empty where nobody knows. */
  static String cores() {
    try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith(ALLOWED))
          .map(line -> line.substring(ALLOWED.length()).strip())
          .findFirst()
          .orElse("");
    } catch (IOException notLinux) {
      return "";
    }
  }

  private static boolean pin(long process, String cores) {
    return run(List.of("taskset", "-acp", cores, Long.toString(process)));
  }

  private static boolean run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
