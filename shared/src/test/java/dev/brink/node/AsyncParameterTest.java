package dev.brink.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deferral;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsyncParameterTest {

  private final FakeInferenceService service =
      FakeInferenceService.failing(new InferenceError.Internal("asked to wait"));
  private final FakeInferenceService deferring =
      FakeInferenceService.behaving(
          request -> Future.succeededFuture(new Deferral("job-1", Instant.EPOCH)));
  private final AsyncParameter node = new AsyncParameter(service, deferring);

  @Test
  void whoAsksForItIsAnsweredLater() {
    assertThat(node.infer(request(Parameters.none().with("brink_async", true))).result())
        .isInstanceOf(Deferral.class);
    assertThat(deferring.requests().get(0).parameters().isEmpty()).isTrue();
  }

  @Test
  void whoDoesNotWaits() {
    node.infer(request(Parameters.none()));
    node.infer(request(Parameters.none().with("brink_async", false)));

    assertThat(service.requests()).hasSize(2);
    assertThat(deferring.requests()).isEmpty();
  }

  private static InferenceRequest request(Parameters parameters) {
    return new InferenceRequest(
        "m", "", "", parameters, List.of(), List.of(), RequestContext.until(null));
  }
}
