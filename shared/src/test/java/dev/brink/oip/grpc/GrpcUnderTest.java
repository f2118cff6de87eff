package dev.brink.oip.grpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.brink.inference.InferenceService;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real gRPC server on a real port, and a client for it. */
public final class GrpcUnderTest implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client =
      GrpcClient.client(vertx, new GrpcClientOptions().setMaxMessageSize(64 << 20));
  private final HttpServer server;

  private GrpcUnderTest(
      InferenceService service, ModelCatalog catalog, OipSettings settings, CallerRules callers) {
    OipGrpcApi api = new OipGrpcApi(vertx, service, catalog, settings, callers, () -> true);
    server =
        await(
            OipGrpcServer.servers(vertx, OipGrpcServer.options(settings), settings, api.handler())
                .get()
                .listen(0, "127.0.0.1"));
  }

  public static GrpcUnderTest start(InferenceService service, ModelCatalog catalog) {
    return start(service, catalog, OipSettings.defaults("test"));
  }

  public static GrpcUnderTest start(
      InferenceService service, ModelCatalog catalog, OipSettings settings) {
    return start(service, catalog, settings, CallerRules.open());
  }

  public static GrpcUnderTest start(
      InferenceService service, ModelCatalog catalog, OipSettings settings, CallerRules callers) {
    return new GrpcUnderTest(service, catalog, settings, callers);
  }

  /** What a call came to. */
  public record Outcome<A>(GrpcStatus status, String message, List<A> answers, MultiMap trailers) {

    public A answer() {
      if (status != GrpcStatus.OK) {
        throw new AssertionError(status + ": " + message);
      }
      return answers.getFirst();
    }
  }

  public int port() {
    return server.actualPort();
  }

  public Vertx vertx() {
    return vertx;
  }

  public GrpcClient client() {
    return client;
  }

  public static <Q extends MessageLite, A> ServiceMethod<A, Q> method(
      String service, String name, Parser<A> parser) {
    return ServiceMethod.client(
        ServiceName.create(service), name, GrpcMessageEncoder.encoder(), decoder(parser));
  }

  private static <A> GrpcMessageDecoder<A> decoder(Parser<A> parser) {
    return new GrpcMessageDecoder<>() {
      @Override
      public A decode(io.vertx.grpc.common.GrpcMessage message) {
        try {
          return parser.parseFrom(message.payload().getBytes());
        } catch (com.google.protobuf.InvalidProtocolBufferException malformed) {
          throw new AssertionError(malformed);
        }
      }

      @Override
      public boolean accepts(io.vertx.grpc.common.WireFormat format) {
        return true;
      }
    };
  }

  public <Q extends MessageLite, A> Future<GrpcClientRequest<Q, A>> open(
      String name, Parser<A> parser) {
    return client.request(
        SocketAddress.inetSocketAddress(port(), "127.0.0.1"),
        method("inference.GRPCInferenceService", name, parser));
  }

  public <Q extends MessageLite, A> Outcome<A> call(String name, Q request, Parser<A> parser) {
    return call(name, Map.of(), List.of(request), parser);
  }

  public <Q extends MessageLite, A> Outcome<A> callService(
      String service, String name, Q request, Parser<A> parser) {
    return await(
        client
            .request(
                SocketAddress.inetSocketAddress(port(), "127.0.0.1"),
                GrpcUnderTest.<Q, A>method(service, name, parser))
            .compose(
                call -> {
                  call.end(request);
                  return outcome(call);
                }));
  }

  public <Q extends MessageLite, A> Outcome<A> call(
      String name, Map<String, String> headers, List<Q> requests, Parser<A> parser) {
    return await(
        this.<Q, A>open(name, parser)
            .compose(
                call -> {
                  headers.forEach(call.headers()::set);
                  requests.forEach(call::write);
                  call.end();
                  return outcome(call);
                }));
  }

  public static <Q, A> Future<Outcome<A>> outcome(GrpcClientRequest<Q, A> call) {
    return call.response()
        .compose(
            response -> {
              List<A> answers = new ArrayList<>();
              response.handler(answers::add);
              return response
                  .end()
                  .otherwiseEmpty()
                  .map(
                      end ->
                          new Outcome<>(
                              response.status(),
                              response.statusMessage(),
                              answers,
                              trailers(response.headers(), response.trailers())));
            });
  }

  private static MultiMap trailers(MultiMap headers, MultiMap trailers) {
    return MultiMap.caseInsensitiveMultiMap().addAll(headers).addAll(trailers);
  }

  /** Waits for {@code future}, which must succeed. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new AssertionError(failed.getCause());
    } catch (InterruptedException | TimeoutException late) {
      throw new AssertionError(late);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
