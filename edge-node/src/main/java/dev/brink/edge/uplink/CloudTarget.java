package dev.brink.edge.uplink;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import io.vertx.core.Future;
import java.time.Duration;

/** A cloud node that can be asked now, whichever way leads to it. */
interface CloudTarget {

  /** Unique among the targets and stable while the node lives. */
  String id();

  /** Whether the node is known to hold the model; true where it does not say what it holds. */
  boolean holds(String model, String version);

  /** Asks the node; gives up after {@code timeout}. */
  Future<InferenceResponse> infer(InferenceRequest request, Duration timeout);
}
