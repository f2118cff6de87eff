package dev.brink.edge.bench;

import picocli.CommandLine.Command;

/** Measures. Each subcommand prints a table, and with {@code --out FILE} writes it as JSON, too. */
@Command(
    name = "bench",
    description = "Measures what the documentation states.",
    mixinStandardHelpOptions = true,
    subcommands = {
      CascadeBench.class,
      GpuBench.class,
      LatencyBench.class,
      RoutingCommand.class,
      ServeBench.class,
      StartBench.class,
      CodecBench.class,
      DecisionBench.class
    })
public final class BenchCommand {}
