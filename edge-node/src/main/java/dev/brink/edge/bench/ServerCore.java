package dev.brink.edge.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The first core is for servers and what they are compared with, the others for the load. */
final class ServerCore {

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final boolean TASKSET = CORES > 1 && run(List.of("taskset", "-V"));

  private ServerCore() {}

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
