package dev.brink.edge.gateway;

import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.routing.RoutingDecision;

/** Decides about one request: the router together with the state of the node as it is now. */
@FunctionalInterface
public interface Decider {

  /**
   * @throws InferenceException where the request itself is at fault
   */
  RoutingDecision decide(InferenceRequest request);

  /** Whether nobody but this node could answer for {@code model} now. */
  default boolean isOnlyHere(String model) {
    return false;
  }

  /** Whether nobody but the cloud could answer for {@code model}. */
  default boolean isOnlyElsewhere(String model, String version) {
    return false;
  }
}
