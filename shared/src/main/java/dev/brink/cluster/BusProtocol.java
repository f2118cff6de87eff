package dev.brink.cluster;

import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import io.vertx.core.eventbus.EventBus;

/** Addresses of a cloud node on the event bus, and what travels to them. */
public final class BusProtocol {

  private BusProtocol() {}

  /**
   * Takes {@code ModelInferRequest} with {@link CallHeaders}; replies {@code ModelInferResponse}.
   */
  public static String inferAddress(String node) {
    return "infer." + node;
  }

  /** Takes anything; replies the node's {@link NodeStatus}. */
  public static String pingAddress(String node) {
    return "ping." + node;
  }

  /** Takes the name of a call that nobody waits for any more; replies nothing. */
  public static String cancelAddress(String node) {
    return "cancel." + node;
  }

  static void registerCodecs(EventBus bus) {
    bus.registerDefaultCodec(
        ModelInferRequest.class,
        new ProtobufCodec<>("brink-infer-request", ModelInferRequest.parser()));
    bus.registerDefaultCodec(
        ModelInferResponse.class,
        new ProtobufCodec<>("brink-infer-response", ModelInferResponse.parser()));
    bus.registerDefaultCodec(NodeStatus.class, new NodeStatusCodec());
  }
}
