package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What Brink's hop from edge to cloud costs beside the bare transport that carries it. */
@Command(
    name = "hop",
    description = "CPU time of the hop to the cloud beside bare event bus, HTTP/2 and gRPC.",
    mixinStandardHelpOptions = true)
final class HopBench implements Callable<Integer> {

  private static final int WARM_ROUNDS = 6;

  @Option(names = "--rounds", description = "That count; default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(names = "--tls", description = "With mutual TLS on every transport.")
  private boolean tls;

  @Option(names = "--kib", split = ",", description = "Of a request; default: ${DEFAULT-VALUE}")
  private List<Integer> sizes = List.of(4, 588);

  @Option(
      names = "--only",
      description = "Names of transports, to look at them with a profiler; default: all.")
  private Set<String> only = Set.of();

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Table table =
        new Table("KiB", "in flight", "transport", "CPU us", "least", "beside bare", "requests/s");
    try (Scratch scratch = Scratch.create();
        HopServerProcess server = HopServerProcess.start(scratch.folder(), tls);
        HopClients clients = new HopClients(server)) {
      for (int kib : sizes) {
        measure(table, server, clients, kib);
      }
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  /** What is compared takes turns, so that a busy machine is unfair to all alike. */
  private void measure(Table table, HopServerProcess server, HopClients clients, int kib) {
    int inFlight = kib < 64 ? 32 : 8;
    int count = Math.max(50, Math.min(20_000, 400 * 588 / kib));
    Map<String, List<HopRun>> runs = new LinkedHashMap<>();
    List<HopClients.Hop> hops =
        clients.hops(kib << 10).stream()
            .filter(hop -> only.isEmpty() || only.contains(hop.name()))
            .toList();
    for (int round = -WARM_ROUNDS; round < rounds; round++) {
      for (HopClients.Hop hop : hops) {
        HopRun run = HopRun.of(hop, inFlight, count, server.pid());
        if (run.failed() > 0) {
          throw CommandFailure.failed(hop.name() + ": " + run.failed() + " requests failed");
        }
        if (round >= 0) {
          runs.computeIfAbsent(hop.name(), name -> new ArrayList<>()).add(run);
        }
      }
    }
    for (HopClients.Hop hop : hops) {
      row(table, kib, inFlight, hop, runs);
    }
  }

  private static void row(
      Table table, int kib, int inFlight, HopClients.Hop hop, Map<String, List<HopRun>> runs) {
    List<HopRun> own = runs.get(hop.name());
    double[] micros = own.stream().mapToDouble(HopRun::cpuMicros).sorted().toArray();
    double[] speed = own.stream().mapToDouble(HopRun::perSecond).sorted().toArray();
    table.add(
        "" + kib,
        "" + inFlight,
        hop.name(),
        whole(median(micros)),
        whole(micros[0]),
        runs.containsKey(hop.bare()) ? two(median(ratios(own, runs.get(hop.bare())))) : "",
        whole(median(speed)));
  }

  private static double[] ratios(List<HopRun> own, List<HopRun> bare) {
    double[] ratios = new double[own.size()];
    Arrays.setAll(ratios, i -> own.get(i).cpuMicros() / bare.get(i).cpuMicros());
    Arrays.sort(ratios);
    return ratios;
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
