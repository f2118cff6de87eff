package dev.brink.edge.bench;

import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What reading and writing tensors costs, with Jackson's streaming reader and writer beside it. */
@Command(
    name = "codec",
    description = "What reading and writing tensors costs, with Jackson beside it (JMH).",
    mixinStandardHelpOptions = true)
final class CodecBench implements Callable<Integer> {

  @Option(
      names = "--kinds",
      split = ",",
      description = "What to measure, of ${COMPLETION-CANDIDATES}; everything by default")
  private Set<CodecKind> kinds = EnumSet.allOf(CodecKind.class);

  @Option(names = "--forks", description = "JVMs for each figure; ${DEFAULT-VALUE}")
  private int forks = 1;

  @Option(names = "--iterations", description = "Of a second each, for each JVM; ${DEFAULT-VALUE}")
  private int iterations = 5;

  @Option(names = "--warmups", description = "As many before those; ${DEFAULT-VALUE}")
  private int warmups = 3;

  @Option(names = "--verbose", description = "Prints what JMH prints.")
  private boolean verbose;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Collection<RunResult> results = run();
    Table table = new Table("what", "brink us", "beside us", "times faster", "brink ns/value");
    for (CodecKind kind : kinds) {
      double brink = score(results, kind, "brink");
      double beside = score(results, kind, "beside");
      int values = CodecCase.of(kind).values();
      table.add(
          kind.description(),
          number(brink),
          number(beside),
          number(beside / brink),
          number(brink * 1000 / values));
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private Collection<RunResult> run() {
    return JmhRun.results(
        JmhRun.options(CodecBenchmarks.class)
            .param("kind", kinds.stream().map(Enum::name).toArray(String[]::new))
            .forks(forks)
            .jvmArgs("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC")
            .warmupIterations(warmups)
            .measurementIterations(iterations)
            .verbosity(verbose ? VerboseMode.NORMAL : VerboseMode.SILENT));
  }

  private static double score(Collection<RunResult> results, CodecKind kind, String which) {
    List<RunResult> found =
        results.stream()
            .filter(result -> result.getParams().getParam("kind").equals(kind.name()))
            .filter(result -> result.getParams().getBenchmark().endsWith("." + which))
            .toList();
    return found.getFirst().getPrimaryResult().getScore();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
  }
}
