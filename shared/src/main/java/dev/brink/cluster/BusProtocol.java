package dev.brink.cluster;

import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import io.vertx.core.eventbus.EventBus;
import java.util.List;

/** Addresses of a cloud node on the event bus, and what travels to them. */
public final class BusProtocol {

  private static final String INFER = "infer.";
  private static final String PING = "ping.";
  private static final String CANCEL = "cancel.";

  private BusProtocol() {}

  /**
   * Takes {@code ModelInferRequest} with {@link CallHeaders}; replies {@code ModelInferResponse}.
   */
  public static String inferAddress(String node) {
    return INFER + node;
  }

  /** Takes anything; replies the node's {@link NodeStatus}. */
  public static String pingAddress(String node) {
    return PING + node;
  }

  /** Takes the name of a call that nobody waits for any more; replies nothing. */
  public static String cancelAddress(String node) {
    return CANCEL + node;
  }

  /** The node that {@code address} belongs to; empty for an address that is no node's. */
  static String node(String address) {
    for (String kind : List.of(INFER, PING, CANCEL)) {
      if (address.startsWith(kind)) {
        return address.substring(kind.length());
      }
    }
    return "";
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
