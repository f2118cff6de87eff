package dev.brink.edge.bench;

import dev.brink.edge.outbox.DrainSimulation;
import dev.brink.edge.outbox.DrainSimulation.Manner;
import dev.brink.edge.outbox.DrainSimulation.Outcome;
import dev.brink.edge.outbox.DrainSimulation.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A thousand sites come back to one cloud, in virtual time. */
@Command(
    name = "drain",
    description = "Simulates many sites that come back to one cloud with full outboxes.",
    mixinStandardHelpOptions = true)
final class DrainBench implements Callable<Integer> {

  @Option(names = "--sites", description = "Default: ${DEFAULT-VALUE}")
  private int sites = Scenario.standard().sites();

  @Option(names = "--jobs", description = "Of each site; default: ${DEFAULT-VALUE}")
  private int jobs = Scenario.standard().jobsPerSite();

  @Option(names = "--seconds", description = "Of virtual time; default: ${DEFAULT-VALUE}")
  private int seconds = (int) Scenario.standard().horizon().toSeconds();

  @Option(names = "--service", description = "Of one request, ms; default: ${DEFAULT-VALUE}")
  private int service = (int) Scenario.standard().service().toMillis();

  @Option(
      names = "--live",
      description = "Share of the cloud that live requests fill; default: ${DEFAULT-VALUE}")
  private double live = 0.5;

  @Option(
      names = "--noise",
      description = "How long a starved machine delays each step, ms; default: ${DEFAULT-VALUE}")
  private int noise;

  @Option(names = "--seed", description = "Default: ${DEFAULT-VALUE}")
  private long seed = Scenario.standard().seed();

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Table table =
        new Table(
            "sites send",
            "live p50 ms",
            "live p99 ms",
            "live refused",
            "in the first 5 s",
            "jobs/s",
            "cloud used",
            "refusals a job",
            "jobs of sites: least",
            "5 of 100",
            "median",
            "95 of 100",
            "most");
    row(table, "nothing", DrainSimulation.run(scenario(0), Manner.PACED));
    row(table, "paced", DrainSimulation.run(scenario(jobs), Manner.PACED));
    row(table, "eager", DrainSimulation.run(scenario(jobs), Manner.EAGER));
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private Scenario scenario(int jobsPerSite) {
    Scenario standard = Scenario.standard();
    return new Scenario(
        sites,
        jobsPerSite,
        standard.concurrency(),
        standard.servers(),
        Duration.ofMillis(service),
        standard.queue(),
        live * standard.servers() * 1_000 / service,
        standard.roundTrip(),
        Duration.ofSeconds(seconds),
        seed,
        Duration.ofMillis(noise));
  }

  private void row(Table table, String what, Outcome outcome) {
    table.add(
        what,
        millis(outcome.liveP50()),
        millis(outcome.liveP99()),
        percent(outcome.liveRefused()),
        percent(outcome.liveRefusedFirst()),
        "" + outcome.jobsDone() / seconds,
        percent(outcome.utilisation()),
        String.format(Locale.ROOT, "%.2f", outcome.refusedJobs()),
        "" + outcome.jobsOfSite(0),
        "" + outcome.jobsOfSite(0.05),
        "" + outcome.jobsOfSite(0.5),
        "" + outcome.jobsOfSite(0.95),
        "" + outcome.jobsOfSite(1));
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toNanos() / 1e6);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", share * 100);
  }
}
