package dev.brink.oip.grpc;

import java.io.IOException;
import java.time.Duration;

/** Everything that reads a part of a call, for tests of other packages. */
public final class GrpcTexts {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private GrpcTexts() {}

  /** Within the node's own limit, whatever {@code header} says. */
  public static boolean isTimeout(String header) {
    return CallTimeout.within(header, LIMIT).compareTo(LIMIT) <= 0;
  }

  /**
   * What reading a message takes in memory at most.
   *
   * @throws IOException where it is no message
   */
  public static long cost(byte[] message) throws IOException {
    return Math.max(InferCost.of(message, message.length), LoadCost.of(message, message.length));
  }
}
