package dev.brink.edge.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code brink demo}: one cloud and one edge node, and a dozen requests. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts one cloud and one edge node on this machine, sends a dozen requests of all kinds and",
      "shows what came back. Then both stay up until Ctrl-C."
    })
public final class DemoCommand implements Callable<Integer> {

  private static final String ONLY_IN_CLOUD = "intent-of-the-cloud";
  private static final int UPLINK_TRIES = 300;
  private static final int WARM_UPS = 20;

  @Spec private CommandSpec spec;

  @Option(
      names = "--once",
      description = "Stops after the table: exit status 0, or 1 if a sample went wrong.")
  private boolean once;

  @Option(
      names = "--set",
      paramLabel = "[ROLE.]KEY=VALUE",
      description = {
        "Overrides a key of both nodes, or with edge. or cloud. in front of one;",
        "http.port=0 takes any free port."
      })
  private List<String> settings = List.of();

  private final List<ChildNode> nodes = new ArrayList<>();
  private Path folder;
  private volatile boolean stopping;

  @Override
  public Integer call() {
    Thread cleanUp = new Thread(this::stopAll, "clean-up");
    Runtime.getRuntime().addShutdownHook(cleanUp);
    Path home = home();
    folder = temporaryFolder();
    int clusterPort = freePort();
    say("starting a cloud node …");
    ChildNode cloud = start("cloud", cloudSettings(home, clusterPort));
    say("starting an edge node …");
    ChildNode edge = start("edge", edgeSettings(clusterPort));
    awaitUplink(edge);
    int wrong = sendAll(edge, DemoSamples.read(home, ONLY_IN_CLOUD));
    if (once) {
      return wrong == 0 ? 0 : 1;
    }
    showAddresses(edge, cloud);
    CompletableFuture.anyOf(edge.ended(), cloud.ended()).join();
    if (stopping) {
      return 0;
    }
    throw edge.endsWithin(0) ? edge.failure("has ended") : cloud.failure("has ended");
  }

  private static Path home() {
    return Optional.ofNullable(System.getProperty("brink.home"))
        .map(Path::of)
        .orElseThrow(() -> CommandFailure.usage("start it as ./brink demo"));
  }

  private ChildNode start(String role, List<String> wanted) {
    Path launcher = home().resolve("brink");
    ChildNode node = ChildNode.start(role, launcher, wanted, folder.resolve(role + ".log"));
    synchronized (nodes) {
      nodes.addFirst(node);
    }
    node.awaitReady();
    return node;
  }

  private List<String> cloudSettings(Path home, int clusterPort) {
    List<String> all = new ArrayList<>();
    all.add("models.path=" + cloudModels(home));
    all.add("cluster.port=" + clusterPort);
    all.add("cluster.name=demo-" + ProcessHandle.current().pid());
    all.addAll(settingsOf("cloud"));
    return all;
  }

  private List<String> edgeSettings(int clusterPort) {
    List<String> all = new ArrayList<>();
    all.add("outbox.path=" + folder.resolve("outbox.db"));
    all.add("cluster.port=" + freePort());
    all.add("cluster.members=127.0.0.1:" + clusterPort);
    all.add("cluster.name=demo-" + ProcessHandle.current().pid());
    all.addAll(settingsOf("edge"));
    return all;
  }

  private List<String> settingsOf(String role) {
    List<String> own = new ArrayList<>();
    for (String setting : settings) {
      if (setting.startsWith(role + ".")) {
        own.add(setting.substring(role.length() + 1));
      } else if (!setting.startsWith("edge.") && !setting.startsWith("cloud.")) {
        own.add(setting);
      }
    }
    return own;
  }

  /** The shipped models, and one more so that there is one that the edge does not hold. */
  private Path cloudModels(Path home) {
    Path shipped = home.resolve("models");
    Path models = folder.resolve("cloud-models");
    copy(shipped.resolve("cloud"), models);
    copy(shipped.resolve("edge/intent"), models.resolve(ONLY_IN_CLOUD));
    return models;
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void awaitUplink(ChildNode edge) {
    NodeClient management = new NodeClient(edge.management());
    for (int i = 0; i < UPLINK_TRIES; i++) {
      JsonObject checks =
          management.get("/health/ready").body().getJsonObject("checks", new JsonObject());
      if (checks.getJsonObject("uplink", new JsonObject()).getBoolean("up", false)) {
        return;
      }
      if (edge.endsWithin(100)) {
        throw edge.failure("has ended");
      }
    }
    throw edge.failure("has not reached the cloud");
  }

  private int sendAll(ChildNode edge, List<DemoSample> samples) {
    DemoTable table = new DemoTable(spec.commandLine().getOut());
    NodeClient node = new NodeClient(edge.http());
    samples.forEach(sample -> warmUp(node, sample));
    int wrong = 0;
    table.head();
    for (DemoSample sample : samples) {
      NodeClient.Reply reply = send(node, sample);
      String complaint = sample.complaint(reply);
      table.row(sample, reply, complaint);
      wrong += complaint.isEmpty() ? 0 : 1;
    }
    table.foot(samples.size(), wrong);
    return wrong;
  }

  /** First requests pay for connections and for code not yet compiled; that is not shown. */
  private static void warmUp(NodeClient node, DemoSample sample) {
    for (int i = 0; i < WARM_UPS && !sample.complaint(send(node, sample)).isEmpty(); i++) {
      LockSupport.parkNanos(100_000_000L);
    }
    send(node, sample);
  }

  private static NodeClient.Reply send(NodeClient node, DemoSample sample) {
    return node.post("/v2/models/" + sample.model() + "/infer", sample.body().encode());
  }

  private void showAddresses(ChildNode edge, ChildNode cloud) {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("Both nodes are up; Ctrl-C ends them. To try:");
    out.println("  edge    API      " + edge.http() + "/v2/models/intent");
    out.println("          gRPC     " + edge.grpc());
    out.println("          console  " + edge.management() + "/console");
    out.println("          metrics  " + edge.management() + "/metrics");
    out.println("          log      " + edge.log());
    out.println("  cloud   API      " + cloud.http() + "/v2/models/intent");
    out.println("          console  " + cloud.management() + "/console");
    out.println("          log      " + cloud.log());
    out.println();
    out.println("  ./brink infer --url " + edge.http() + " --model intent --text 'freeze my card'");
    out.flush();
  }

  private void say(String progress) {
    spec.commandLine().getErr().println(progress);
  }

  private void stopAll() {
    stopping = true;
    List<ChildNode> running;
    synchronized (nodes) {
      running = List.copyOf(nodes);
    }
    running.forEach(ChildNode::stop);
    if (folder != null && running.stream().allMatch(node -> node.endsWithin(1000))) {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException | UncheckedIOException left) {
      System.err.println("left behind: " + folder);
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("brink-demo-");
    } catch (IOException full) {
      throw CommandFailure.failed("no temporary folder: " + full.getMessage());
    }
  }

  /** Cluster members must know each other's port beforehand, so any free one is chosen here. */
  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw CommandFailure.failed("no free port: " + none.getMessage());
    }
  }
}
