package dev.brink.edge.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import dev.brink.config.ModelsSection;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.resilience.Ticker;
import dev.brink.serving.ModelHost;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Rows per second of a node's engine on a GPU, beside the bare ONNX Runtime loop on the same. */
@Command(
    name = "gpu",
    description = "Rows per second on a GPU beside the bare ONNX Runtime loop.",
    mixinStandardHelpOptions = true)
final class GpuBench implements Callable<Integer> {

  private static final long[] ROW = {3, 224, 224};
  private static final int ROW_VALUES = 3 * 224 * 224;
  private static final int IN_FLIGHT = 4;

  @Option(names = "--provider", description = "cuda, or cpu to try the command.")
  private String provider = "cuda";

  @Option(names = "--seconds", description = "For each figure; default: ${DEFAULT-VALUE}")
  private double seconds = 5;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, OrtException {
    requireProvider();
    Table table = new Table("rows in a run", "bare rows/s", "engine rows/s", "ratio");
    try (Scratch scratch = Scratch.create()) {
      Path models = scratch.folder().resolve("models");
      ServeModels.write(models);
      Files.writeString(
          models.resolve("medium/model.yaml"), "runtime: { providers: [" + provider + "] }\n");
      for (int rows : new int[] {1, 8, 32, 64}) {
        double bare = bare(models.resolve("medium/1/model.onnx"), rows);
        double engine = engine(models, rows);
        table.add("" + rows, whole(bare), whole(engine), two(engine / bare));
      }
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private void requireProvider() {
    boolean cuda = OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    if (provider.equals("cuda") && !cuda) {
      throw CommandFailure.failed(
          "this build of ONNX Runtime has no CUDA; on a machine with a GPU: ./mvnw -Pgpu package");
    }
  }

  private double bare(Path model, int rows) throws OrtException {
    long[] shape = {rows, ROW[0], ROW[1], ROW[2]};
    try (RawLoop loop = new RawLoop(model, new float[rows * ROW_VALUES], shape, provider)) {
      loop.runsPerSecond(1);
      return rows * loop.runsPerSecond(seconds);
    }
  }

  private double engine(Path models, int rows) {
    Vertx vertx = Vertx.vertx();
    ModelHost host =
        new ModelHost(vertx, ModelsSection.of(models), "bench", Route.CLOUD, Ticker.system());
    try {
      host.start().toCompletionStage().toCompletableFuture().join();
      host.describe("medium", "");
      perSecond(host, rows, 1);
      return rows * perSecond(host, rows, seconds);
    } finally {
      host.close().eventually(vertx::close).toCompletionStage().toCompletableFuture().join();
    }
  }

  private static double perSecond(ModelHost host, int rows, double seconds) {
    Tensor input =
        Tensor.ofFloats("x", Shape.of(rows, ROW[0], ROW[1], ROW[2]), new float[rows * ROW_VALUES]);
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    AtomicLong answered = new AtomicLong();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      inFlight.acquireUninterruptibly();
      host.inference()
          .infer(request(input))
          .onSuccess(answer -> answered.incrementAndGet())
          .onComplete(ended -> inFlight.release());
    }
    inFlight.acquireUninterruptibly(IN_FLIGHT);
    return answered.get() / seconds;
  }

  private static InferenceRequest request(Tensor input) {
    RequestContext context = RequestContext.until(new Deadline(Long.MAX_VALUE));
    return new InferenceRequest(
        "medium", "", "", Parameters.none(), List.of(input), List.of(), context);
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
