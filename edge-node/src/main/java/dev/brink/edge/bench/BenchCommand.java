package dev.brink.edge.bench;

import picocli.CommandLine.Command;

/** Measures. Each subcommand prints a table, and with {@code --out FILE} writes it as JSON, too. */
@Command(
    name = "bench",
    description = "Measures what the documentation states.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AgreementBench.class,
      BatchingBench.class,
      CascadeBench.class,
      CodecBench.class,
      CompressionBench.class,
      CrashBench.class,
      DecisionBench.class,
      DrainBench.class,
      FloodBench.class,
      GpuBench.class,
      GrowthBench.class,
      HopBench.class,
      HostileBench.class,
      LatencyBench.class,
      OutboxBench.class,
      OutboxCapBench.class,
      OverloadBench.class,
      RoutingCommand.class,
      ServeBench.class,
      SitesBench.class,
      SoakBench.class,
      StartBench.class
    })
public final class BenchCommand {}
