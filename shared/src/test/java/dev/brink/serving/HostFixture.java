package dev.brink.serving;

import dev.brink.config.ModelControl;
import dev.brink.config.ModelsSection;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Route;
import dev.brink.inference.Tensor;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A model host over a folder, for tests. */
final class HostFixture implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final ModelHost host;

  HostFixture(Path root) {
    this(root, List.of());
  }

  HostFixture(Path root, List<String> required) {
    ModelsSection settings = new ModelsSection(root, required, false, false, ModelControl.OFF);
    host = new ModelHost(vertx, settings, "node-1", Route.EDGE, Ticker.system());
    await(host.start());
  }

  ModelHost host() {
    return host;
  }

  LoadedModel loaded(String name) {
    return host.models().require(name, "");
  }

  InferenceResponse answer(InferenceRequest request) {
    return (InferenceResponse) await(host.inference().infer(request));
  }

  InferenceError refusal(InferenceRequest request) {
    try {
      await(host.inference().infer(request));
    } catch (InferenceException refused) {
      return refused.error();
    }
    throw new AssertionError("was answered");
  }

  static InferenceRequest request(String model, Tensor... inputs) {
    return request(model, List.of(), inputs);
  }

  static InferenceRequest request(String model, List<RequestedOutput> outputs, Tensor... inputs) {
    RequestContext context =
        RequestContext.until(Deadline.after(PATIENCE, Ticker.system().nanos()));
    return new InferenceRequest(
        model, "", "id-1", Parameters.none(), List.of(inputs), outputs, context);
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException expected) {
        throw expected;
      }
      throw new AssertionError(failure.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException late) {
      throw new AssertionError(late);
    }
  }

  @Override
  public void close() {
    await(host.close());
    await(vertx.close());
  }
}
