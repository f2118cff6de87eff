package dev.brink.edge.uplink;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import io.vertx.core.Future;
import java.time.Duration;

/** No cloud is configured. */
final class NoConnection implements Connection {

  @Override
  public void start() {}

  @Override
  public Future<InferenceResponse> infer(
      String target, InferenceRequest request, Duration timeout) {
    return Future.failedFuture("this node has no uplink");
  }

  @Override
  public String obstacle() {
    return "";
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
