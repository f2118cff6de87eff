package dev.brink.edge.bench;

import com.sun.management.ThreadMXBean;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import dev.brink.resilience.Ticker;
import dev.brink.routing.LinkState;
import dev.brink.routing.NodeSnapshot;
import dev.brink.routing.Router;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.Selection;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.routing.Thresholds;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a decision costs: the route of a request, and the choice of a target among many. */
@Command(
    name = "decision",
    description = "Time and memory of one routing decision, for 2 to 64 cloud nodes.",
    mixinStandardHelpOptions = true)
final class DecisionBench implements Callable<Integer> {

  private static final int SAMPLES = 2_000;
  private static final int BATCH = 1_000;
  private static final int WARM_UP = 500;
  private static final String MODEL = "intent";

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table =
      new Table("decision", "cloud nodes", "median ns", "p99 of means ns", "bytes");
  private int taken;

  @Override
  public Integer call() {
    for (int nodes : new int[] {2, 8, 64}) {
      measure("route", nodes, routing(nodes));
      measure("choose a target", nodes, choosing(nodes));
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return taken == 0 ? 1 : 0;
  }

  private Runnable routing(int nodes) {
    TargetPool pool = pool(nodes);
    Router router = new Router();
    CascadeSettings settings =
        CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.7).withUnknownLabels("oos");
    InferenceRequest request = request();
    NodeSnapshot.EdgeView edge = new NodeSnapshot.EdgeView(true, Optional.of(settings), 0, 60_000);
    Thresholds thresholds = Thresholds.fixed(0.7);
    return () -> {
      NodeSnapshot.CloudView cloud = pool.view(LinkState.ONLINE, MODEL);
      NodeSnapshot snapshot = new NodeSnapshot(System.nanoTime(), edge, cloud, thresholds);
      taken += router.route(request, snapshot) instanceof RoutingDecision.Cascade ? 1 : 0;
    };
  }

  private Runnable choosing(int nodes) {
    TargetPool pool = pool(nodes);
    return () -> {
      Selection selection = pool.select(MODEL, 100, 1_000_000_000L, Set.of());
      taken += selection instanceof Target ? 1 : 0;
    };
  }

  private static TargetPool pool(int nodes) {
    TargetPool pool =
        new TargetPool(TargetPoolSettings.standard(), Ticker.system(), new SplittableRandom(nodes));
    for (int i = 0; i < nodes; i++) {
      Target target = pool.add("cloud-" + i);
      for (int call = 0; call < 20; call++) {
        pool.start(target, 100).succeeded();
      }
    }
    return pool;
  }

  private static InferenceRequest request() {
    return new InferenceRequest(
        MODEL,
        "",
        "",
        Parameters.none(),
        List.of(),
        List.of(),
        RequestContext.until(new Deadline(System.nanoTime() + 3_600_000_000_000L)));
  }

  private void measure(String name, int nodes, Runnable decision) {
    long[] nanos = new long[SAMPLES];
    repeat(decision, WARM_UP * BATCH);
    for (int i = 0; i < SAMPLES; i++) {
      long start = System.nanoTime();
      repeat(decision, BATCH);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    table.add(
        name,
        Integer.toString(nodes),
        perDecision(nanos[SAMPLES / 2]),
        perDecision(nanos[SAMPLES * 99 / 100]),
        Long.toString(allocated(decision)));
  }

  private static long allocated(Runnable decision) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    repeat(decision, BATCH * 10);
    return (threads.getCurrentThreadAllocatedBytes() - before) / (BATCH * 10);
  }

  private static void repeat(Runnable decision, int times) {
    for (int i = 0; i < times; i++) {
      decision.run();
    }
  }

  private static String perDecision(long batchNanos) {
    return String.format(Locale.ROOT, "%.0f", batchNanos / (double) BATCH);
  }
}
