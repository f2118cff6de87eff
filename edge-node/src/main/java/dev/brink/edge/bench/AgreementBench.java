package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What a stated agreement comes to when real requests go through real nodes: first with 5 % of them
 * out of scope, then with a budget of about half of what is wanted, then with 40 %.
 */
@Command(
    name = "agreement",
    description = {
      "States agreement: 0.98 for the intent pair, asks an edge node at a steady pace, and",
      "compares what it forwarded with the best threshold in hindsight."
    },
    mixinStandardHelpOptions = true)
final class AgreementBench implements Callable<Integer> {

  private static final double EASY = 0.05;
  private static final double HARDER = 0.40;
  private static final double BUDGET_OF_RATE = 0.12;
  private static final int WINDOW = 5_000;

  @Option(
      names = "--data",
      description = "Folder with CLINC150's data_oos_plus.json; else the few sentences shipped")
  private Path data;

  @Option(
      names = "--agreement",
      defaultValue = "0.98",
      description = "The objective; default: ${DEFAULT-VALUE}")
  private double agreement;

  @Option(
      names = "--rate",
      defaultValue = "250",
      description = "Requests a second, which two cores can bear; default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--requests",
      defaultValue = "20000",
      description = "Of every stretch; the last is twice as long; default: ${DEFAULT-VALUE}")
  private int requests;

  @Option(names = "--seed", defaultValue = "42", description = "Of the order of the requests.")
  private long seed;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table =
      new Table(
          "stretch",
          "requests",
          "forwarded",
          "hindsight",
          "ratio",
          "agreement",
          "95 % interval",
          "worst " + WINDOW + " in a row",
          "degraded");

  @Override
  public Integer call() throws IOException {
    Path models = NodePair.home().resolve("models");
    List<Labelled> questions =
        data == null
            ? Labelled.samples(models.resolve("samples/intent.jsonl"))
            : Labelled.intents(data);
    try (Scratch scratch = Scratch.create()) {
      Path edge = copy(models.resolve("edge"), scratch.folder().resolve("models"));
      state(edge, "agreement: " + agreement);
      try (NodePair nodes = NodePair.start(scratch.folder(), edge, models.resolve("cloud"))) {
        measure(nodes, edge, questions);
      }
    }
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private void measure(NodePair nodes, Path edge, List<Labelled> questions) throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    AskedPair pair = AskedPair.of(nodes, questions, rate, new SplittableRandom(seed));
    add("5 % out of scope", pair.ask(EASY, requests));
    double budget = Math.rint(BUDGET_OF_RATE * rate);
    state(edge, "agreement: " + agreement + "\n  cloud-budget: " + budget);
    nodes.edge().post("/v2/repository/models/intent/load", "");
    CloudCalls calls = CloudCalls.watch(nodes.cloud(), budget);
    Stretch paid = pair.ask(EASY, requests);
    calls.close();
    add("the same, budget " + budget + "/s", paid);
    state(edge, "agreement: " + agreement);
    nodes.edge().post("/v2/repository/models/intent/load", "");
    Stretch shifted = pair.ask(HARDER, 2 * requests);
    add("40 %, from its first request", shifted.part(0, requests));
    add("40 %, after that", shifted.part(requests, 2 * requests));
    table.print(printer);
    printBudget(paid, calls, printer);
    printer.flush();
  }

  private void add(String name, Stretch stretch) {
    Hindsight.Outcome best = stretch.hindsight().best(agreement);
    table.add(
        name,
        Integer.toString(stretch.count()),
        percent(stretch.forwarded()),
        percent(best.forwarded()),
        String.format(Locale.ROOT, "%.2f", stretch.forwarded() / best.forwarded()),
        percent(stretch.agreement()),
        percent(stretch.interval(-1)) + " to " + percent(stretch.interval(1)),
        percent(stretch.worst(WINDOW)),
        degraded(stretch));
  }

  private static String degraded(Stretch stretch) {
    return stretch.degraded().isEmpty()
        ? "none"
        : stretch.degraded().entrySet().stream()
            .map(reason -> reason.getKey() + " " + percent(reason.getValue()))
            .collect(Collectors.joining(", "));
  }

  private void printBudget(Stretch paid, CloudCalls calls, PrintWriter printer) {
    int spent = calls.last();
    printer.printf(
        Locale.ROOT,
        "budget: the cloud counted %d calls; at no second more than the bucket held: %s"
            + " (nearest: %d below)%n",
        spent,
        calls.mostAbove() <= 0 ? "yes" : "no",
        -calls.mostAbove());
    printer.printf(
        Locale.ROOT,
        "budget: agreement %s; with as many calls in hindsight %s, drawn by lot %s%n",
        percent(paid.agreement()),
        percent(paid.hindsight().within(spent).agreement()),
        percent(paid.hindsight().byLot(agreement, spent)));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static Path copy(Path models, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(models.resolve("intent"))) {
      for (Path file : new ArrayList<>(files.filter(Files::isRegularFile).toList())) {
        Path target = to.resolve(models.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    Files.copy(to.resolve("intent/model.yaml"), to.resolve("intent.yaml"));
    return to;
  }

  /** Writes the shipped settings with an objective more. */
  private static void state(Path models, String objective) throws IOException {
    String shipped = Files.readString(models.resolve("intent.yaml"));
    String stated = shipped.replaceFirst("cascade:\n", "cascade:\n  " + objective + "\n");
    if (stated.equals(shipped)) {
      throw CommandFailure.failed("no cascade in the model.yaml of intent");
    }
    Path draft = models.resolve("intent.new");
    Files.writeString(draft, stated);
    Files.move(
        draft,
        models.resolve("intent/model.yaml"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }
}
