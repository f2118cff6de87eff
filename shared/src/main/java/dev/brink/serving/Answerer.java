package dev.brink.serving;

import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;

/**
 * Who answers here.
 *
 * @param node this node's id
 * @param route {@link Route#EDGE} or {@link Route#CLOUD}, by the node's role
 */
record Answerer(String node, Route route) {

  Provenance provenance(long queuedNanos, long ranNanos) {
    Timings timings =
        route == Route.CLOUD
            ? new Timings(queuedNanos, 0, 0, queuedNanos + ranNanos)
            : new Timings(queuedNanos, ranNanos, 0, 0);
    return Provenance.local(route, node, timings);
  }
}
