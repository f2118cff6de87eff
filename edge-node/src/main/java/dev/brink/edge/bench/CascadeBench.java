package dev.brink.edge.bench;

import dev.brink.edge.bench.Replay.Answered;
import dev.brink.edge.cli.CommandFailure;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Accuracy of edge, cloud and cascade on a test split, asked of real nodes over HTTP. */
@Command(
    name = "cascade",
    description = "Accuracy and forwarded share of edge, cloud and cascade on the test split.",
    mixinStandardHelpOptions = true)
final class CascadeBench implements Callable<Integer> {

  @Option(
      names = "--data",
      description = "Folder with CLINC150's data_oos_plus.json; default: ../shared/data/clinc150")
  private Path data;

  @Option(
      names = "--pictures",
      description = "Folder written by models/train/write_pictures; measures the surface pair, too")
  private Path pictures;

  @Option(
      names = "--callers",
      description =
          "Requests at a time; more than the cloud has room for are answered degraded;"
              + " default: ${DEFAULT-VALUE}")
  private int callers = 1;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private Path folder;
  private final Table table =
      new Table(
          "pair",
          "policy",
          "accuracy",
          "of cloud",
          "forwarded",
          "in scope",
          "out of scope",
          "degraded");

  @Override
  public Integer call() {
    Path home = NodePair.home();
    Path clinc = data == null ? home.resolve("../shared/data/clinc150") : data;
    try (Scratch scratch = Scratch.create()) {
      folder = scratch.folder();
      measure("intent", Labelled.intents(clinc));
      if (pictures != null) {
        measure("surface", Labelled.surfaces(pictures));
      }
    }
    PrintWriter printer = spec.commandLine().getOut();
    table.print(printer);
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private void measure(String pair, List<Labelled> questions) {
    Replay replay = new Replay(pair, questions, callers);
    Path shipped = NodePair.home().resolve("models");
    double cloudAccuracy;
    try (NodePair nodes =
        NodePair.start(folder, shipped.resolve("edge"), shipped.resolve("cloud"))) {
      List<Answered> cloud = replay.run(nodes.edge(), JsonObject.of("brink_route", "cloud"));
      cloudAccuracy = share(cloud, Answered::isRight);
      add(pair, "edge alone", replay.run(nodes.edge(), route("edge")), cloudAccuracy);
      add(pair, "cloud alone", cloud, cloudAccuracy);
      add(
          pair,
          "hard or unknown (shipped)",
          replay.run(nodes.edge(), route("auto")),
          cloudAccuracy);
    }
    Path hardOnly = hardOnly(pair, shipped.resolve("edge"));
    try (NodePair nodes = NodePair.start(folder, hardOnly, shipped.resolve("cloud"))) {
      add(pair, "hard only", replay.run(nodes.edge(), route("auto")), cloudAccuracy);
    }
  }

  private static JsonObject route(String name) {
    return JsonObject.of("brink_route", name);
  }

  private void add(String pair, String policy, List<Answered> answers, double cloudAccuracy) {
    double accuracy = share(answers, Answered::isRight);
    table.add(
        pair,
        policy,
        percent(accuracy),
        percent(accuracy / cloudAccuracy),
        percent(share(answers, Answered::isForwarded)),
        percent(share(where(answers, false), Answered::isForwarded)),
        percent(share(where(answers, true), Answered::isForwarded)),
        percent(share(answers, Answered::degraded)));
  }

  private static List<Answered> where(List<Answered> answers, boolean outOfScope) {
    return answers.stream().filter(it -> it.question().outOfScope() == outOfScope).toList();
  }

  private static double share(List<Answered> answers, Predicate<Answered> property) {
    return (double) answers.stream().filter(property).count() / answers.size();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** The edge's models with the pair's {@code hard only} threshold and no unknown labels. */
  private Path hardOnly(String pair, Path edge) {
    Path copy = folder.resolve("hard-only-" + pair);
    try (Stream<Path> files = Files.walk(edge.resolve(pair))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(pair).resolve(edge.resolve(pair).relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
      Path yaml = copy.resolve(pair).resolve("model.yaml");
      String threshold = "threshold: " + hardOnlyThreshold(edge.resolve(pair));
      Files.writeString(
          yaml,
          Files.readString(yaml)
              .replaceFirst("threshold: [0-9.]+", threshold)
              .replaceFirst("unknown-labels: \\[[^]]*]", "unknown-labels: []"));
      return copy;
    } catch (IOException failed) {
      throw CommandFailure.failed("cannot copy " + edge + ": " + failed.getMessage());
    }
  }

  private static double hardOnlyThreshold(Path model) throws IOException {
    return new JsonObject(Files.readString(model.resolve("metrics.json")))
        .getJsonObject("cascade")
        .getJsonObject("policies")
        .getJsonObject("hard_only")
        .getDouble("threshold");
  }
}
