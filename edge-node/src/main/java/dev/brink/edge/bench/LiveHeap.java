package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How much of a JVM's heap is in use after a full collection, as jcmd tells. */
final class LiveHeap {

  /** Of each generation, such as {@code total 76800K, used 1234K}. */
  private static final Pattern USED = Pattern.compile("total (?:reserved )?\\d+K.* used (\\d+)K");

  private LiveHeap() {}

  static long kibibytes(long pid) {
    jcmd(pid, "GC.run");
    return USED.matcher(jcmd(pid, "GC.heap_info"))
        .results()
        .map(MatchResult::group)
        .mapToLong(line -> Long.parseLong(line.replaceAll(".* used (\\d+)K.*", "$1")))
        .sum();
  }

  private static String jcmd(long pid, String command) {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process process =
          new ProcessBuilder(tool.toString(), Long.toString(pid), command)
              .redirectErrorStream(true)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException missing) {
      throw CommandFailure.failed("needs jcmd of a JDK: " + missing.getMessage());
    }
  }
}
