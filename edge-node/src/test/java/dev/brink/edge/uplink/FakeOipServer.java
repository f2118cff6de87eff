package dev.brink.edge.uplink;

import com.google.protobuf.Message;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.proto.RepositoryIndexRequest;
import dev.brink.oip.proto.RepositoryIndexResponse;
import dev.brink.oip.proto.ServerReadyRequest;
import dev.brink.oip.proto.ServerReadyResponse;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;

/** A server of the protocol that is no Brink: it answers as told. */
final class FakeOipServer {

  private static final ServiceName SERVICE =
      ServiceName.create("inference", "GRPCInferenceService");

  private final Vertx vertx;
  private final GrpcServer grpc;
  private final HttpServerOptions options;
  private HttpServer http;
  private int port;

  volatile boolean ready = true;
  volatile Handler<GrpcServerRequest<ModelInferRequest, ModelInferResponse>> infer =
      call -> call.response().end(ModelInferResponse.getDefaultInstance());

  FakeOipServer(Vertx vertx, HttpServerOptions options) {
    this.vertx = vertx;
    this.options = options;
    this.grpc = GrpcServer.server(vertx);
    grpc.callHandler(
        method(
            "ModelInfer",
            ModelInferRequest.getDefaultInstance(),
            ModelInferResponse.getDefaultInstance()),
        call -> infer.handle(call));
    grpc.callHandler(
        method(
            "ServerReady",
            ServerReadyRequest.getDefaultInstance(),
            ServerReadyResponse.getDefaultInstance()),
        call -> call.response().end(ServerReadyResponse.newBuilder().setReady(ready).build()));
    grpc.callHandler(
        method(
            "RepositoryIndex",
            RepositoryIndexRequest.getDefaultInstance(),
            RepositoryIndexResponse.getDefaultInstance()),
        call -> call.response().end(index()));
  }

  private static RepositoryIndexResponse index() {
    return RepositoryIndexResponse.newBuilder()
        .addModels(
            RepositoryIndexResponse.ModelIndex.newBuilder()
                .setName("m")
                .setVersion("1")
                .setState("READY"))
        .build();
  }

  /** Listens on the port it had before, or on any free one. */
  Future<FakeOipServer> start() {
    http = vertx.createHttpServer(options).requestHandler(grpc);
    return http.listen(port, "127.0.0.1").onSuccess(s -> port = s.actualPort()).map(this);
  }

  Future<Void> stop() {
    return http.close();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  private static <Q extends Message, A extends Message> ServiceMethod<Q, A> method(
      String name, Q request, A answer) {
    return ServiceMethod.server(
        SERVICE, name, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(request));
  }
}
