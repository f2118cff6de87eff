package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cloud's own count of what it ran, from what its nodes wrote at debug level: it outlives the
 * nodes, which their counters do not.
 */
final class CrashJournal {

  private static final Pattern LINE =
      Pattern.compile(" Once (run|remembered) key=\"?[^/\"\\s]*/([^\"\\s]+)");

  private final Map<String, Integer> runs = new HashMap<>();
  private final Map<String, Integer> remembered = new HashMap<>();

  static CrashJournal read(Path folder) throws IOException {
    CrashJournal journal = new CrashJournal();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        journal.add(file);
      }
    }
    return journal;
  }

  private void add(Path file) throws IOException {
    // A killed node may have died in the middle of a letter.
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    for (String line : List.of(text.split("\n"))) {
      Matcher told = LINE.matcher(line);
      if (told.find()) {
        Map<String, Integer> of = told.group(1).equals("run") ? runs : remembered;
        of.merge(told.group(2), 1, Integer::sum);
      }
    }
  }

  /** Whether the node that writes there has found the others. */
  static boolean hasJoined(Path log) {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1).contains("cloud node answers");
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Jobs that were run to an answer. */
  int jobs() {
    return runs.size();
  }

  /** Runs to an answer beyond one for each job; most were of nodes that died before telling. */
  int runsTooMany() {
    return runs.values().stream().mapToInt(times -> times - 1).sum();
  }

  /** Jobs for which two runs became the remembered answer, and so may have been told twice. */
  int rememberedTwice() {
    return (int) remembered.values().stream().filter(times -> times > 1).count();
  }
}
