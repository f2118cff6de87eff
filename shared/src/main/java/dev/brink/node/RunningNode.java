package dev.brink.node;

import io.vertx.core.Future;
import java.util.OptionalInt;

/** A node that has started. */
public interface RunningNode {

  int httpPort();

  /** Empty where the node does not serve gRPC. */
  OptionalInt grpcPort();

  int managementPort();

  /**
   * Not ready first, then what is in flight is finished, then everything is closed; bounded in
   * time.
   */
  Future<Void> stop();
}
