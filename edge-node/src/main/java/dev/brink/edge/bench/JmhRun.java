package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH's benchmarks within a command of this one. */
final class JmhRun {

  private static final TimeValue ITERATION = TimeValue.seconds(1);

  private JmhRun() {}

  /** Those of {@code benchmarks}, in iterations of a second, silently; a failure ends the run. */
  static ChainedOptionsBuilder options(Class<?> benchmarks) {
    return new OptionsBuilder()
        .include(benchmarks.getName())
        .warmupTime(ITERATION)
        .measurementTime(ITERATION)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  static Collection<RunResult> results(ChainedOptionsBuilder options) {
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException failure) {
      throw CommandFailure.failed("JMH: " + failure.getMessage());
    }
  }
}
