package dev.brink.edge.cli;

import dev.brink.config.ConfigBinder;
import dev.brink.config.ConfigException;
import dev.brink.config.EffectiveConfig;
import dev.brink.config.NodeSchema;
import dev.brink.edge.outbox.store.Job;
import dev.brink.edge.outbox.store.JobFile;
import dev.brink.edge.outbox.store.JobQuery;
import dev.brink.edge.outbox.store.JobState;
import dev.brink.edge.outbox.store.Usage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code brink outbox list|show|retry|drop|export|stats|backup|restore}. */
@Command(
    name = "outbox",
    mixinStandardHelpOptions = true,
    description = "Looks after the jobs of an edge node, running or stopped.")
public final class OutboxCommand implements Runnable {

  private interface Work {
    int run(JobFile file) throws IOException;
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The outbox; left out, the one of the configuration.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Configuration of the edge node; left out, configs/edge.yaml.")
  private Path config = Path.of(System.getProperty("brink.home", "."), "configs", "edge.yaml");

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw CommandFailure.usage("(expected: a subcommand)");
  }

  @Command(mixinStandardHelpOptions = true, description = "Lists jobs, oldest first.")
  int list(
      @Option(names = "--state", description = "Only jobs of this state.") Optional<String> state,
      @Option(names = "--model", description = "Only jobs for this model.") Optional<String> model,
      @Option(names = "--limit", defaultValue = "100", description = "At most so many.")
          int limit) {
    JobQuery query =
        new JobQuery(Optional.empty(), state.map(OutboxCommand::state), model, 0, limit);
    return with(
        jobs -> {
          out().printf("%-36s  %-9s  %-20s  %8s  %s%n", "ID", "STATE", "MODEL", "ATTEMPTS", "AT");
          jobs.list(query).forEach(this::printLine);
          out().flush();
          return 0;
        });
  }

  private void printLine(Job job) {
    out()
        .printf(
            "%-36s  %-9s  %-20s  %8d  %s%n",
            job.id(), job.state().wireName(), job.model(), job.attempts(), job.createdAt());
  }

  @Command(mixinStandardHelpOptions = true, description = "Shows all that is known of a job.")
  int show(@Parameters(paramLabel = "ID") String id) {
    return with(
        jobs -> {
          Job job = find(jobs, id);
          line("id", job.id());
          line("tenant", job.tenant());
          line("model", job.model() + (job.version().isEmpty() ? "" : " " + job.version()));
          line("state", job.state().wireName());
          line("priority", job.priority());
          line("attempts", job.attempts());
          line("created", job.createdAt());
          line("expires", job.expiresAt());
          job.finishedAt().ifPresent(at -> line("finished", at));
          job.error().ifPresent(error -> line("error", error.kind() + ": " + error.message()));
          line("callback", job.callback());
          line("request bytes", job.requestBytes());
          line("result bytes", job.resultBytes());
          out().flush();
          return 0;
        });
  }

  @Command(mixinStandardHelpOptions = true, description = "Queues failed jobs again.")
  int retry(@Parameters(paramLabel = "ID", arity = "1..*") List<String> ids) {
    return with(
        jobs -> {
          int refused = 0;
          for (String id : ids) {
            boolean queued = jobs.retry(id).isPresent();
            line(id, queued ? "queued" : "not a failed job");
            refused += queued ? 0 : 1;
          }
          out().flush();
          return refused == 0 ? 0 : 1;
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Removes jobs with their requests and results.")
  int drop(@Parameters(paramLabel = "ID", arity = "1..*") List<String> ids) {
    return with(
        jobs -> {
          int missing = 0;
          for (String id : ids) {
            boolean gone = jobs.drop(id);
            line(id, gone ? "dropped" : "no such job");
            missing += gone ? 0 : 1;
          }
          out().flush();
          return missing == 0 ? 0 : 1;
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Writes a job's request and result as protobuf messages of the protocol.")
  int export(
      @Parameters(paramLabel = "ID") String id, @Parameters(paramLabel = "FOLDER") Path folder) {
    return with(
        jobs -> {
          Job job = find(jobs, id);
          Files.createDirectories(folder);
          write(jobs.request(job), folder.resolve(id + ".ModelInferRequest.pb"));
          write(jobs.result(job), folder.resolve(id + ".ModelInferResponse.pb"));
          return 0;
        });
  }

  private void write(Optional<byte[]> contents, Path target) throws IOException {
    if (contents.isPresent()) {
      Files.write(target, contents.get());
      out().println(target);
      out().flush();
    }
  }

  @Command(mixinStandardHelpOptions = true, description = "Counts jobs and bytes.")
  int stats() {
    return with(
        jobs -> {
          Usage usage = jobs.usage();
          for (JobState state : JobState.values()) {
            line(state.wireName(), usage.count(state));
          }
          line("bytes", usage.bytes());
          out().flush();
          return 0;
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Writes a checked copy; the node may go on.")
  int backup(@Parameters(paramLabel = "TARGET") Path target) {
    return with(
        jobs -> {
          jobs.backup(target);
          out().println(target);
          out().flush();
          return 0;
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Puts a backup in the outbox's place; the node must be stopped.")
  int restore(@Parameters(paramLabel = "BACKUP") Path backup) {
    try {
      Optional<Path> old = JobFile.restore(backup, path());
      old.ifPresent(aside -> line("kept the old outbox as", aside));
      line("restored", path());
      out().flush();
      return 0;
    } catch (IOException refused) {
      throw CommandFailure.failed(refused.getMessage());
    }
  }

  private static Job find(JobFile jobs, String id) throws IOException {
    return jobs.find(id).orElseThrow(() -> CommandFailure.failed(id + ": no such job"));
  }

  private static JobState state(String name) {
    return JobState.of(name)
        .orElseThrow(
            () ->
                CommandFailure.usage(
                    "--state %s (expected: queued, running, done, failed, expired or cancelled)"
                        .formatted(name)));
  }

  private int with(Work work) {
    try (JobFile jobs = JobFile.open(path())) {
      return work.run(jobs);
    } catch (IOException refused) {
      throw CommandFailure.failed(refused.getMessage());
    }
  }

  private Path path() {
    return file.orElseGet(this::configured);
  }

  private Path configured() {
    try {
      for (NodeSchema schema : ServiceLoader.load(NodeSchema.class)) {
        if (schema.role().equals("edge")) {
          Record edge = new ConfigBinder(System.getenv(), List.of()).read(schema.type(), config);
          return Path.of(EffectiveConfig.of(edge).get("outbox.path"));
        }
      }
    } catch (ConfigException wrong) {
      throw CommandFailure.usage(wrong.in(config));
    }
    throw CommandFailure.usage("--file missing");
  }

  private void line(String name, Object value) {
    out().printf("%-16s %s%n", name, value);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
