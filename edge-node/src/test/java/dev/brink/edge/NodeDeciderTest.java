package dev.brink.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.ModelControl;
import dev.brink.config.ModelsSection;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.resilience.Ticker;
import dev.brink.routing.NodeSnapshot.CloudView;
import dev.brink.routing.ObjectiveController;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.serving.ModelHost;
import dev.brink.serving.OnnxFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDeciderTest {

  private static final Ticker TICKER = Ticker.system();

  @TempDir private Path root;
  private final Vertx vertx = Vertx.vertx();
  private ModelHost host;

  @BeforeEach
  void start() throws Exception {
    write(1);
    Files.writeString(root.resolve("count/model.yaml"), "sequence: { state: { before: after } }");
    ModelsSection models = new ModelsSection(root, List.of(), false, false, ModelControl.OFF);
    host = new ModelHost(vertx, models, "edge-1", Route.EDGE, TICKER);
    await(host.start());
  }

  @AfterEach
  void close() throws Exception {
    await(host.close());
    await(vertx.close());
  }

  private void write(int version) throws IOException {
    OnnxFile.model()
        .node("Add", "total", "x", "before")
        .node("Identity", "after", "total")
        .input("x", OnnxFile.FLOAT, -1, 1)
        .input("before", OnnxFile.FLOAT, -1, 1)
        .output("total", OnnxFile.FLOAT, -1, 1)
        .output("after", OnnxFile.FLOAT, -1, 1)
        .in(root, "count", version);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static InferenceRequest step(long id, boolean begins) {
    return new InferenceRequest(
        "count",
        "1",
        "",
        Parameters.of(Map.of("sequence_id", id, "sequence_start", begins)),
        List.of(Tensor.ofFloats("x", Shape.of(1, 1), 1)),
        List.of(),
        RequestContext.until(Deadline.after(Duration.ofSeconds(30), TICKER.nanos())));
  }

  private NodeDecider decider() {
    Random random = new Random(1);
    return new NodeDecider(
        host,
        model -> CloudView.online(1_000_000),
        new TargetPool(TargetPoolSettings.standard(), TICKER, random),
        new ObjectiveController(TICKER, random),
        TICKER);
  }

  @Test
  void aStepIsAnsweredByTheVersionThatItsSequenceBeganOnThoughThatHasASuccessor() throws Exception {
    await(host.inference().infer(step(7, true)));
    write(2);
    await(host.load("count", Optional.empty(), Map.of()));
    NodeDecider decider = decider();

    assertThat(decider.decide(step(7, false))).isInstanceOf(RoutingDecision.Local.class);
    assertThat(decider.decide(step(8, false))).isInstanceOf(RoutingDecision.Cloud.class);
    assertThat(decider.isOnlyElsewhere("count", "1")).isFalse();
    assertThat(decider.isOnlyElsewhere("count", "3")).isTrue();
  }
}
