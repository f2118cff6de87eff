package dev.brink.edge.bench;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a decision costs: the route of a request, and the choice of a target among many. */
@Command(
    name = "decision",
    description = "Time and memory of one routing decision, for 2 to 64 cloud nodes, by JMH.",
    mixinStandardHelpOptions = true)
final class DecisionBench implements Callable<Integer> {

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  @Option(
      names = "--forks",
      defaultValue = "2",
      description = "Processes each is measured in; default: ${DEFAULT-VALUE}")
  private int forks;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table =
      new Table("decision", "cloud nodes", "median ns", "p99 ns", "mean ns", "bytes");

  @Override
  public Integer call() {
    results().forEach(this::add);
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private Collection<RunResult> results() {
    return JmhRun.results(
        JmhRun.options(DecisionBenchmarks.class)
            .addProfiler(GCProfiler.class)
            .forks(forks)
            .warmupIterations(3)
            .measurementIterations(3));
  }

  private void add(RunResult run) {
    Result<?> time = run.getPrimaryResult();
    String name = run.getParams().getBenchmark();
    table.add(
        name.substring(name.lastIndexOf('.') + 1),
        run.getParams().getParam("nodes"),
        rounded(time.getStatistics().getPercentile(50)),
        rounded(time.getStatistics().getPercentile(99)),
        rounded(time.getScore()),
        rounded(run.getSecondaryResults().get(ALLOCATED).getScore()));
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
