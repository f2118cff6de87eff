package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Kills nodes at random instants while clients submit jobs, and counts what became of what was
 * accepted. A client repeats what it got no answer to under the same key, as clients should.
 */
@Command(
    name = "crash",
    description = "Kills nodes at random under load; exits 1 if a job was lost or done twice.",
    mixinStandardHelpOptions = true)
final class CrashBench implements Callable<Integer> {

  enum Victim {
    EDGE,
    CLOUD,
    BOTH
  }

  private static final int CLIENTS = 4;
  private static final int PATIENCE_SECONDS = 180;
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int LONGEST_MOMENT_NANOS = 200_000_000;

  @Option(names = "--rounds", description = "Kills; default: ${DEFAULT-VALUE}")
  private int rounds = 20;

  @Option(names = "--kill", description = "edge, cloud or both; default: ${DEFAULT-VALUE}")
  private Victim victim = Victim.EDGE;

  @Option(names = "--cut-replies", description = "The line loses replies of the cloud, too.")
  private boolean cutReplies;

  @Option(
      names = "--longest-life",
      description = "Jobs accepted before a kill, at most; default: ${DEFAULT-VALUE}")
  private int longestLife = 100;

  @Option(names = "--seed", description = "Default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final CrashLedger ledger = new CrashLedger();
  private final List<ChildNode> clouds = new ArrayList<>();
  private final List<Integer> cloudPorts = new ArrayList<>();
  private final List<Integer> grpcPorts = new ArrayList<>();
  private final List<CuttingProxy> proxies = new ArrayList<>();
  private SplittableRandom random;
  private Path folder;
  private ChildNode edge;

  @Override
  public Integer call() throws IOException {
    random = new SplittableRandom(seed);
    try (Scratch scratch = Scratch.create()) {
      folder = scratch.folder();
      Files.createDirectories(folder.resolve("no-models"));
      startClouds();
      for (int round = 1; round <= rounds; round++) {
        live(round);
      }
      return settle();
    } finally {
      stopAll();
    }
  }

  private void startClouds() {
    int nodes = victim == Victim.EDGE ? 1 : 2;
    for (int i = 0; i < nodes; i++) {
      cloudPorts.add(NodePair.freePort());
      grpcPorts.add(NodePair.freePort());
    }
    for (int i = 0; i < nodes; i++) {
      clouds.add(cloud(i));
      if (cutReplies) {
        proxies.add(new CuttingProxy(grpcPorts.get(i), random.split()));
      }
    }
  }

  private ChildNode cloud(int index) {
    String members =
        String.join(",", cloudPorts.stream().map(port -> "127.0.0.1:" + port).toList());
    return NodePair.node(
        "cloud",
        folder,
        "node.id=cloud-" + index,
        "cluster.name=crash-" + ProcessHandle.current().pid(),
        "cluster.port=" + cloudPorts.get(index),
        "cluster.members=" + members,
        "grpc.port=" + grpcPorts.get(index));
  }

  private ChildNode edge() {
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < grpcPorts.size(); i++) {
      int port = cutReplies ? proxies.get(i).port() : grpcPorts.get(i);
      targets.add("127.0.0.1:" + port);
    }
    return NodePair.node(
        "edge",
        folder,
        "models.path=" + folder.resolve("no-models"),
        "uplink.mode=grpc",
        "uplink.targets=" + String.join(",", targets),
        "outbox.path=" + folder.resolve("outbox.db"),
        "outbox.drain.start-jitter=0",
        "outbox.drain.min-backoff=50ms",
        "outbox.drain.max-backoff=1s");
  }

  /** One life of the victim: start, load, sudden death. */
  private void live(int round) {
    if (edge == null) {
      edge = edge();
    }
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> clients = clients(new JobClient(edge.http()), over);
    awaitInstant();
    kill(round);
    over.set(true);
    clients.forEach(CrashBench::join);
    spec.commandLine().getErr().printf("round %d: %d accepted%n", round, ledger.jobs().size());
    spec.commandLine().getErr().flush();
  }

  /**
   * By jobs accepted and not by time, or a slow machine would see only kills of nodes that have
   * done nothing yet; every second time not before jobs are being sent; then a random moment more.
   */
  private void awaitInstant() {
    int accepted = ledger.jobs().size() + random.nextInt(longestLife);
    boolean sending = random.nextBoolean();
    long latest = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (System.nanoTime() < latest
        && (ledger.jobs().size() < accepted || sending && !NodePair.isLinked(edge))) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    LockSupport.parkNanos(random.nextInt(LONGEST_MOMENT_NANOS));
  }

  private void kill(int round) {
    if (victim != Victim.CLOUD) {
      edge.kill();
      edge = null;
    }
    if (victim != Victim.EDGE) {
      int index = round % clouds.size();
      clouds.get(index).kill();
      clouds.set(index, cloud(index));
    }
  }

  private List<Thread> clients(JobClient client, AtomicBoolean over) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      threads.add(Thread.ofPlatform().start(() -> submit(client, over)));
    }
    return threads;
  }

  private void submit(JobClient client, AtomicBoolean over) {
    while (!over.get()) {
      String key = ledger.next();
      ledger.answered(key, client.submit(key));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Repeats what is unanswered, waits for every job, and counts. */
  private int settle() {
    if (edge == null) {
      edge = edge();
    }
    JobClient client = new JobClient(edge.http());
    while (ledger.hasUnanswered()) {
      String key = ledger.next();
      ledger.answered(key, client.submit(key));
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    List<String> open = new ArrayList<>(ledger.jobs().values());
    while (!open.isEmpty() && System.nanoTime() < deadline) {
      open.removeIf(id -> client.status(id) == 200);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    return report(client, open.size());
  }

  private int report(JobClient client, int unfinished) {
    int accepted = ledger.jobs().size();
    int kept = client.count();
    long executions = executions();
    Table table =
        new Table(
            "killed",
            "rounds",
            "accepted",
            "finished",
            "lost",
            "in outbox",
            "keys with two jobs",
            "run by cloud",
            "replies cut");
    table.add(
        victim.name().toLowerCase(Locale.ROOT),
        "" + rounds,
        "" + accepted,
        "" + (accepted - unfinished),
        "" + unfinished,
        "" + kept,
        "" + ledger.renamed(),
        victim == Victim.EDGE ? "" + executions : executions + " (by those alive)",
        "" + proxies.stream().mapToInt(CuttingProxy::cuts).sum());
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    boolean once = victim != Victim.EDGE || executions == accepted;
    return unfinished == 0 && kept == accepted && ledger.renamed() == 0 && once ? 0 : 1;
  }

  /** What the cloud nodes count themselves. */
  private long executions() {
    return clouds.stream()
        .map(cloud -> scrape(cloud.management() + "/metrics"))
        .flatMap(String::lines)
        .filter(line -> line.startsWith("brink_once_executions_total"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String scrape(String url) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException dead) {
      throw CommandFailure.failed("no metrics from " + url);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private void stopAll() {
    if (edge != null) {
      edge.stop();
    }
    clouds.forEach(ChildNode::stop);
    proxies.forEach(CuttingProxy::close);
  }
}
