package dev.brink.edge.gateway;

import dev.brink.inference.Cancellation;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.RequestContext;
import java.util.List;

/** The question put to the cloud about an answer that was kept, to learn whether that was right. */
final class Audit {

  private static final int LOWEST_PRIORITY = Integer.MAX_VALUE;

  private Audit() {}

  /**
   * For all outputs, so that there is something to compare whatever the caller wanted. The caller's
   * answer does not wait for it, and the caller's hanging up does not end it.
   */
  static InferenceRequest of(InferenceRequest request) {
    RequestContext context =
        request
            .context()
            .withPriority(LOWEST_PRIORITY)
            .withIdempotencyKey("")
            .withCancellation(new Cancellation());
    return request.withContext(context).withOutputs(List.of());
  }
}
