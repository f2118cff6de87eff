package dev.brink.edge.uplink;

import dev.brink.inference.LoadReport;
import dev.brink.oip.wire.WireLoad;
import io.vertx.core.MultiMap;
import java.util.Optional;

/** The answer to a call, with what the server said beside it. */
record GrpcReply<T>(T message, MultiMap headers, MultiMap trailers) {

  /** The server's load; empty from a server that is no Brink. */
  Optional<LoadReport> load() {
    String header = headers.get(WireLoad.NAME);
    return WireLoad.parse(header == null ? trailers.get(WireLoad.NAME) : header);
  }
}
