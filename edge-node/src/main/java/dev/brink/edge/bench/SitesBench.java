package dev.brink.edge.bench;

import dev.brink.config.ClusterSection;
import dev.brink.config.UplinkMode;
import dev.brink.config.UplinkSection;
import dev.brink.config.UplinkTarget;
import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.uplink.Uplink;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.resilience.Ticker;
import dev.brink.routing.LinkState;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.security.Tls;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What many edges cost one cloud node. The edges are gRPC uplinks of this process. */
@Command(
    name = "sites",
    description = "Memory and CPU time of a cloud node with many edges on gRPC uplinks.",
    mixinStandardHelpOptions = true)
final class SitesBench implements Callable<Integer> {

  private static final Ticker TICKER = Ticker.system();
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Tensor ROW = Tensor.ofFloats("x", Shape.of(1, 512), new float[512]);
  private static final int TRIES = 600;
  private static final long SECOND = 1_000_000_000L;

  @Option(names = "--edges", description = "Default: ${DEFAULT-VALUE}")
  private int edges = 200;

  @Option(names = "--rate", description = "Requests/s of each edge; default: ${DEFAULT-VALUE}")
  private double rate = 2;

  @Option(names = "--seconds", description = "For each figure; default: ${DEFAULT-VALUE}")
  private int seconds = 20;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Vertx vertx = Vertx.vertx();
  private final List<Uplink> uplinks = new ArrayList<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  @Override
  public Integer call() throws IOException {
    Table table =
        new Table("edges", "doing", "CPU %", "resident MiB", "heap after GC KiB", "answers/s");
    try (Scratch scratch = Scratch.create()) {
      Path models = scratch.folder().resolve("models");
      ServeModels.write(models);
      ChildNode cloud =
          NodePair.node(
              "cloud",
              scratch.folder(),
              "models.path=" + models,
              "cluster.name=sites-" + ProcessHandle.current().pid(),
              "cluster.port=" + NodePair.freePort());
      try {
        measure(table, cloud);
      } finally {
        uplinks.forEach(Uplink::close);
        cloud.stop();
        vertx.close();
      }
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private void measure(Table table, ChildNode cloud) {
    connect(cloud, 1);
    load(seconds);
    pause(5);
    row(table, cloud, "nothing", () -> pause(seconds));
    connect(cloud, edges);
    pause(5);
    row(table, cloud, "nothing", () -> pause(seconds));
    load(5);
    pause(1);
    row(table, cloud, "%.0f requests/s".formatted(rate * edges), () -> load(seconds));
    if (failed.get() > 0) {
      throw CommandFailure.failed(failed + " requests failed");
    }
  }

  private void connect(ChildNode cloud, int count) {
    while (uplinks.size() < count) {
      Uplink uplink =
          Uplink.of(
              "edge-" + uplinks.size(),
              new UplinkSection(
                  UplinkMode.GRPC, TIMEOUT, List.of(UplinkTarget.parse(cloud.grpc()))),
              new ClusterSection(false, "", "127.0.0.1", 0, 0, false, List.of()),
              Tls.none(),
              new TargetPool(
                  TargetPoolSettings.standard(),
                  TICKER,
                  () -> ThreadLocalRandom.current().nextLong()),
              vertx,
              TICKER);
      uplink.start();
      uplinks.add(uplink);
    }
    for (int i = 0; i < TRIES && !allOnline(); i++) {
      LockSupport.parkNanos(SECOND / 10);
    }
    if (!allOnline()) {
      throw CommandFailure.failed("not all edges reached the cloud");
    }
  }

  private boolean allOnline() {
    return uplinks.stream().allMatch(uplink -> uplink.state() == LinkState.ONLINE);
  }

  private void row(Table table, ChildNode cloud, String doing, Runnable what) {
    answered.set(0);
    ProcessHandle process = ProcessHandle.of(cloud.pid()).orElseThrow();
    long cpu = process.info().totalCpuDuration().orElseThrow().toNanos();
    long begun = System.nanoTime();
    what.run();
    double nanos = System.nanoTime() - begun;
    double used = process.info().totalCpuDuration().orElseThrow().toNanos() - cpu;
    table.add(
        "" + uplinks.size(),
        doing,
        String.format(Locale.ROOT, "%.1f", 100 * used / nanos),
        String.format(Locale.ROOT, "%.0f", ResidentMemory.of(cloud.pid())),
        Long.toString(LiveHeap.kibibytes(cloud.pid())),
        String.format(Locale.ROOT, "%.0f", answered.get() / (nanos / SECOND)));
  }

  /** Each edge asks at its rate, one after the other. */
  private void load(double length) {
    long begun = System.nanoTime();
    double perSecond = rate * uplinks.size();
    for (long i = 0; i < perSecond * length; i++) {
      LockSupport.parkNanos((long) (begun + i * SECOND / perSecond) - System.nanoTime());
      uplinks
          .get((int) (i % uplinks.size()))
          .infer(request())
          .onComplete((answer, failure) -> (failure == null ? answered : failed).incrementAndGet());
    }
  }

  private static InferenceRequest request() {
    return new InferenceRequest(
        "tiny",
        "",
        "",
        Parameters.none(),
        List.of(ROW),
        List.of(),
        RequestContext.until(Deadline.after(TIMEOUT, TICKER.nanos())));
  }

  private static void pause(double length) {
    long end = System.nanoTime() + (long) (length * SECOND);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
