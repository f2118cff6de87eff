package dev.brink.oip.grpc;

import dev.brink.oip.intake.MemoryLease;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;

/**
 * A call whose bytes count against the server's memory as they come: what gathers messages out of
 * them knows a limit for each, but none for all. A call that exceeds it or is no gRPC is reset.
 */
final class GuardedRequest extends HttpServerRequestWrapper {

  private static final long ENHANCE_YOUR_CALM = 0xb;
  private static final long PROTOCOL_ERROR = 0x1;

  private final MemoryLease lease;
  private final boolean streams;
  private boolean refused;

  /**
   * @param streams whether messages go as they come, so that their bytes do not add up
   */
  GuardedRequest(HttpServerRequest request, MemoryLease lease, boolean streams) {
    super((HttpServerRequestInternal) request);
    this.lease = lease;
    this.streams = streams;
    request.response().endHandler(end -> lease.close());
    request.response().closeHandler(closed -> lease.close());
  }

  @Override
  public HttpServerRequest handler(Handler<Buffer> handler) {
    return delegate.handler(handler == null ? null : piece -> pass(piece, handler));
  }

  private void pass(Buffer piece, Handler<Buffer> handler) {
    if (refused) {
      return;
    }
    if (!streams && !lease.take(piece.length())) {
      refuse(ENHANCE_YOUR_CALM);
      return;
    }
    try {
      handler.handle(piece);
    } catch (RuntimeException malformed) {
      refuse(PROTOCOL_ERROR);
    }
  }

  private void refuse(long code) {
    refused = true;
    delegate.response().reset(code);
  }
}
