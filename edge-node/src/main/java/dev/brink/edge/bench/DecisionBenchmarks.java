package dev.brink.edge.bench;

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
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.routing.Thresholds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What {@link DecisionBench} has JMH measure. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmarks {

  private static final String MODEL = "intent";
  private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  @Param({"2", "8", "64"})
  public int nodes;

  private final Router router = new Router();
  private final Thresholds thresholds = Thresholds.fixed(0.7);
  private TargetPool pool;
  private NodeSnapshot.EdgeView edge;
  private InferenceRequest request;

  @Setup
  public void prepare() {
    CascadeSettings settings =
        CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.7).withUnknownLabels("oos");
    edge = new NodeSnapshot.EdgeView(true, Optional.of(settings), 0, 60_000);
    request =
        new InferenceRequest(
            MODEL,
            "",
            "",
            Parameters.none(),
            List.of(),
            List.of(),
            RequestContext.until(new Deadline(System.nanoTime() + HOUR_NANOS)));
    pool =
        new TargetPool(TargetPoolSettings.standard(), Ticker.system(), new SplittableRandom(nodes));
    for (int i = 0; i < nodes; i++) {
      Target target = pool.add("cloud-" + i);
      for (int call = 0; call < 20; call++) {
        pool.start(target, MODEL, 100).succeeded();
      }
    }
  }

  /** With a snapshot of the node, as every request takes one. */
  @Benchmark
  public boolean route() {
    NodeSnapshot.CloudView cloud = pool.view(LinkState.ONLINE, MODEL);
    NodeSnapshot now = new NodeSnapshot(System.nanoTime(), edge, cloud, thresholds);
    return router.route(request, now) instanceof RoutingDecision.Cascade;
  }

  @Benchmark
  public Object choose() {
    return pool.select(MODEL, 100, SECOND_NANOS, Set.of());
  }
}
