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
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call under way; it ends once, whoever ends it first. */
final class GrpcCall<A> {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcCall.class);

  private final GrpcServerRequest<Buffer, A> request;
  private final GrpcServerResponse<Buffer, A> response;
  private final Cancellation cancellation = new Cancellation();
  private final long arrivedNanos = System.nanoTime();
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

  /** When its headers had been read. */
  long arrivedNanos() {
    return arrivedNanos;
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

  /**
   * @param sinceNanos when the request began to arrive
   */
  RequestContext context(
      Parameters parameters,
      InferenceCall inference,
      OipSettings settings,
      Cancellation part,
      long sinceNanos) {
    return new RequestContext(
        inference.deadline(parameters, limit(settings, sinceNanos), sinceNanos),
        (int) Math.min(parameters.unsigned("priority").orElse(0L), Integer.MAX_VALUE),
        header(CallTenants.HEADER),
        header("traceparent"),
        header("idempotency-key"),
        part);
  }

  /** What is left of the caller's own limit; a request without one has the node's from now on. */
  private Duration limit(OipSettings settings, long sinceNanos) {
    String own = request.headers().get("grpc-timeout");
    Duration limit = CallTimeout.within(own, settings.defaultTimeout());
    return own == null ? limit : limit.minusNanos(System.nanoTime() - sinceNanos);
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
