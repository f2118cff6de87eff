package dev.brink.oip.grpc;

import dev.brink.inference.Cancellation;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.oip.rules.ForwardedHeaders;
import dev.brink.oip.rules.InferenceCall;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.InvalidMessageException;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call under way; it ends once, whoever ends it first. */
final class GrpcCall<A> {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcCall.class);

  private final GrpcServerRequest<Buffer, A> request;
  private final GrpcServerResponse<Buffer, A> response;
  private final Cancellation cancellation = new Cancellation();
  private boolean ended;

  GrpcCall(GrpcServerRequest<Buffer, A> request) {
    this.request = request;
    this.response = request.response();
    request.errorHandler(error -> gone());
    request.exceptionHandler(failure -> gone());
    response.exceptionHandler(failure -> gone());
  }

  private void gone() {
    ended = true;
    cancellation.cancel();
  }

  boolean isEnded() {
    return ended;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  /** The header's value; empty where it is missing. */
  String header(String name) {
    String value = request.headers().get(name);
    return value == null ? "" : value;
  }

  /** {@code request} with the headers among its parameters that are to be. */
  InferenceRequest forward(InferenceRequest request, ForwardedHeaders forwarded) {
    return request.withParameters(forwarded.addTo(request.parameters(), this.request.headers()));
  }

  RequestContext context(
      Parameters parameters, InferenceCall inference, OipSettings settings, Cancellation part) {
    return new RequestContext(
        inference.deadline(
            parameters,
            CallTimeout.within(request.headers().get("grpc-timeout"), settings.defaultTimeout())),
        (int) Math.min(parameters.unsigned("priority").orElse(0L), Integer.MAX_VALUE),
        header(CallTenants.HEADER),
        header("traceparent"),
        header("idempotency-key"),
        part);
  }

  void write(A message) {
    if (!ended) {
      response.write(message);
    }
  }

  void end(A message) {
    if (!ended) {
      ended = true;
      response.end(message);
    }
  }

  void end() {
    if (!ended) {
      ended = true;
      response.end();
    }
  }

  /** Refuses a message that cannot be taken, such as one that is too large. */
  void refuse(InvalidMessageException message, long limit) {
    String size =
        message instanceof MessageSizeOverflowException large
            ? large.messageSize() + " bytes"
            : "an unknown size";
    fail(
        new InferenceError.TooLarge(
                "message of %s exceeds the maximum allowed size of %d bytes".formatted(size, limit))
            .asException());
  }

  void fail(Throwable failure) {
    if (ended) {
      return;
    }
    if (!(failure instanceof InferenceException)) {
      LOG.error("unexpected failure", failure);
    }
    ended = true;
    InferenceError error = InferenceException.errorOf(failure);
    GrpcErrors.describe(error, response.trailers());
    response.status(GrpcErrors.status(error)).end();
  }
}
