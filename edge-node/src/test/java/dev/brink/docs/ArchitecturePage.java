package dev.brink.docs;

import dev.brink.build.PackageArrows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The package table of docs/architecture.md, made from package-info files and the arrows. */
final class ArchitecturePage {

  private static final Pattern SENTENCE =
      Pattern.compile("/\\*\\*(.*?)\\*/\\s*package dev\\.brink\\.([a-z.]+);", Pattern.DOTALL);

  private ArchitecturePage() {}

  static String table() throws IOException {
    Map<String, Map<String, String>> modules = new LinkedHashMap<>();
    Set<String> existing = new TreeSet<>(Set.of("*", "oip.proto"));
    for (String module : List.of("shared", "edge-node", "cloud-node")) {
      modules.put(module, jobs(module));
      existing.addAll(modules.get(module).keySet());
    }
    StringBuilder table = new StringBuilder();
    modules.forEach(
        (module, jobs) -> {
          table.append("\n### ").append(module).append("\n\n");
          table.append("| package | job | sees |\n|---|---|---|\n");
          jobs.forEach((name, job) -> table.append(row(name, job, existing)));
        });
    return table.toString();
  }

  /** Arrows at packages that are still to come are not shown. */
  private static String row(String name, String job, Set<String> existing) {
    Set<String> seen = new TreeSet<>(PackageArrows.allowed().getOrDefault(name, Set.of()));
    seen.retainAll(existing);
    String sees = seen.contains("*") ? "everything" : String.join(", ", seen);
    return "| `%s` | %s | %s |\n".formatted(name, job, sees.isEmpty() ? "nothing of ours" : sees);
  }

  private static Map<String, String> jobs(String module) throws IOException {
    Map<String, String> jobs = new TreeMap<>();
    Path sources = Path.of("..", module, "src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(it -> it.endsWith("package-info.java")).toList()) {
        Matcher matcher = SENTENCE.matcher(Files.readString(file));
        if (matcher.find()) {
          jobs.put(matcher.group(2), plain(matcher.group(1)));
        }
      }
    }
    return jobs;
  }

  private static String plain(String comment) {
    return comment
        .replaceAll("\\n\\s*\\*", " ")
        .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
