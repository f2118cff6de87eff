package dev.brink.edge.cli;

import dev.brink.config.ConfigBinder;
import dev.brink.config.ConfigException;
import dev.brink.config.EffectiveConfig;
import dev.brink.config.NodeSchema;
import dev.brink.config.Problem;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code brink check-config FILE...}. */
@Command(
    name = "check-config",
    mixinStandardHelpOptions = true,
    description = "Says everything that is wrong with configuration files; exits 2 if anything is.")
public final class CheckConfigCommand implements Callable<Integer> {

  private record Verdict(String role, Record config, List<Problem> problems) {}

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Configuration of a node.")
  private List<Path> files;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "edge or cloud; left out, the one that the file fits better.")
  private Optional<String> role;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides a key.")
  private List<String> overrides = List.of();

  @Option(names = "--show", description = "Prints the whole effective configuration.")
  private boolean show;

  @Override
  public Integer call() {
    int broken = 0;
    for (Path file : files) {
      Verdict verdict = best(file);
      print(file, verdict);
      broken += verdict.problems().isEmpty() ? 0 : 1;
    }
    return broken == 0 ? 0 : 2;
  }

  /** A file does not say whose it is: without a role it is held against each. */
  private Verdict best(Path file) {
    return schemas().stream()
        .map(schema -> check(schema, file))
        .reduce(CheckConfigCommand::better)
        .orElseThrow();
  }

  private static Verdict better(Verdict one, Verdict other) {
    if (one.problems().isEmpty() && other.problems().isEmpty()) {
      return new Verdict(one.role() + ", " + other.role(), one.config(), List.of());
    }
    return one.problems().size() <= other.problems().size() ? one : other;
  }

  private List<NodeSchema> schemas() {
    List<NodeSchema> schemas = new ArrayList<>();
    for (NodeSchema schema : ServiceLoader.load(NodeSchema.class)) {
      if (role.isEmpty() || role.get().equals(schema.role())) {
        schemas.add(schema);
      }
    }
    if (schemas.isEmpty()) {
      throw CommandFailure.usage("--role " + role.orElse("") + " (expected: edge or cloud)");
    }
    return schemas;
  }

  private Verdict check(NodeSchema schema, Path file) {
    try {
      ConfigBinder binder = new ConfigBinder(System.getenv(), overrides);
      Record config = binder.read(schema.type(), file);
      return new Verdict(schema.role(), config, missingFolders(config));
    } catch (ConfigException wrong) {
      return new Verdict(schema.role(), null, wrong.problems());
    }
  }

  /** A node does not start without its models' folder; of what else is missing it tells later. */
  private static List<Problem> missingFolders(Record config) {
    String models = EffectiveConfig.of(config).get("models.path");
    return models == null || Files.isDirectory(Path.of(models))
        ? List.of()
        : List.of(new Problem("models.path", "no such folder " + models, 0));
  }

  private void print(Path file, Verdict verdict) {
    PrintWriter out = spec.commandLine().getOut();
    if (verdict.problems().isEmpty()) {
      out.println(file + ": ok (" + verdict.role() + ")");
      if (show) {
        EffectiveConfig.of(verdict.config())
            .forEach((key, value) -> out.println(key + "=" + value));
      }
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    for (Problem problem : verdict.problems()) {
      err.println(problem.in(file));
    }
  }
}
