package dev.brink.cluster;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.LoadReport;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.wire.WireError;
import dev.brink.oip.wire.WireLoad;
import dev.brink.oip.wire.WireResponses;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;

/** Answers and errors on the bus; both carry the node's load. */
public final class BusReplies {

  private static final String MESSAGE = "brink-error-message";

  private BusReplies() {}

  public static void answer(Message<?> message, InferenceResponse response, LoadReport load) {
    message.reply(WireResponses.toMessage(response), options(load));
  }

  public static void fail(Message<?> message, InferenceError error, LoadReport load) {
    WireError wire = WireError.of(error);
    DeliveryOptions options =
        options(load)
            .addHeader(WireError.KIND_HEADER, wire.kind())
            .addHeader(MESSAGE, wire.message())
            .addHeader(WireError.RETRY_AFTER_HEADER, Long.toString(wire.retryAfterMillis()));
    message.reply(ModelInferResponse.getDefaultInstance(), options);
  }

  private static DeliveryOptions options(LoadReport load) {
    return new DeliveryOptions().addHeader(WireLoad.NAME, WireLoad.format(load));
  }

  static Future<InferenceResponse> read(Message<ModelInferResponse> reply) {
    String kind = reply.headers().get(WireError.KIND_HEADER);
    if (kind == null) {
      return Future.succeededFuture(WireResponses.toResponse(reply.body()));
    }
    return InferenceException.failed(error(kind, reply.headers()));
  }

  private static InferenceError error(String kind, MultiMap headers) {
    String retryAfter = headers.get(WireError.RETRY_AFTER_HEADER);
    return new WireError(
            kind, headers.get(MESSAGE), retryAfter == null ? 0 : Long.parseLong(retryAfter))
        .toError();
  }
}
