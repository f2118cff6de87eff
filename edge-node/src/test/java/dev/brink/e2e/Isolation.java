package dev.brink.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network of a process's own in which there is nothing but loopback. The kernel counts there what
 * had nowhere to go, however soon it was given up.
 */
final class Isolation {

  private static final List<String> ENTER =
      List.of("unshare", "-rn", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"");

  private Isolation() {}

  /** Whether this machine lets processes have one. */
  static boolean isAllowed() {
    try {
      return run(of(List.of("true"))).isEmpty();
    } catch (IOException | AssertionError refused) {
      return false;
    }
  }

  /** {@code command}, which keeps its process id, in one of its own. */
  static List<String> of(List<String> command) {
    List<String> words = new ArrayList<>(ENTER);
    words.addAll(command);
    return words;
  }

  /** What {@code script} prints that runs in the network of {@code pid}. */
  static String inNetworkOf(long pid, String script) throws IOException {
    return run(
        List.of(
            "nsenter",
            "--target=" + pid,
            "--user",
            "--net",
            "--preserve-credentials",
            "bash",
            "-c",
            script));
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(command + ": " + output);
      }
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
    return output;
  }

  /** How often something in the network of {@code pid} wanted to go where no way leads. */
  static long wentNowhere(long pid) throws IOException {
    Path net = Path.of("/proc", Long.toString(pid), "net");
    List<String> names = List.of();
    long count = 0;
    for (String line : Files.readAllLines(net.resolve("snmp"))) {
      if (line.startsWith("Ip:")) {
        List<String> fields = List.of(line.split("\\s+"));
        count = names.isEmpty() ? 0 : Long.parseLong(fields.get(names.indexOf("OutNoRoutes")));
        names = fields;
      }
    }
    for (String line : Files.readAllLines(net.resolve("snmp6"))) {
      count += line.startsWith("Ip6OutNoRoutes") ? Long.parseLong(line.split("\\s+")[1]) : 0;
    }
    return count;
  }
}
