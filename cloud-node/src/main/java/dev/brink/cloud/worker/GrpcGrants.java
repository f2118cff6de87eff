package dev.brink.cloud.worker;

import dev.brink.inference.LoadReport;
import dev.brink.oip.wire.WireLoad;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells an edge that calls over gRPC how loaded this node is and what it may send. A caller that
 * does not name its node is no edge and is told nothing.
 */
public final class GrpcGrants implements Consumer<HttpServerRequest> {

  private static final String NODE_HEADER = "brink-node";
  private static final String MODEL_INFER = "/inference.GRPCInferenceService/ModelInfer";

  private final Admission admission;
  private final Supplier<LoadReport> load;

  public GrpcGrants(Admission admission, Supplier<LoadReport> load) {
    this.admission = admission;
    this.load = load;
  }

  @Override
  public void accept(HttpServerRequest call) {
    String node = call.getHeader(NODE_HEADER);
    if (node == null) {
      return;
    }
    if (MODEL_INFER.equals(call.path())) {
      admission.sent(node);
    }
    LoadReport granted = admission.grant(node, load.get());
    call.response().putHeader(WireLoad.NAME, WireLoad.format(granted));
  }
}
