package dev.brink.edge.uplink;

import com.google.protobuf.Message;
import dev.brink.config.UplinkTarget;
import dev.brink.dispatch.Timers;
import dev.brink.inference.Cancellation;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.proto.RepositoryIndexRequest;
import dev.brink.oip.proto.RepositoryIndexResponse;
import dev.brink.oip.proto.ServerReadyRequest;
import dev.brink.oip.proto.ServerReadyResponse;
import dev.brink.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls of one server over one HTTP/2 connection, dialled when it is needed. Fails with an {@code
 * InferenceException} where the server answered with an error, and with anything else where it did
 * not answer.
 */
final class GrpcChannel {

  private static final ServiceName SERVICE =
      ServiceName.create("inference", "GRPCInferenceService");
  private static final ServiceMethod<ModelInferResponse, ModelInferRequest> MODEL_INFER =
      method("ModelInfer", ModelInferResponse.getDefaultInstance());
  private static final ServiceMethod<ServerReadyResponse, ServerReadyRequest> SERVER_READY =
      method("ServerReady", ServerReadyResponse.getDefaultInstance());
  private static final ServiceMethod<RepositoryIndexResponse, RepositoryIndexRequest> INDEX =
      method("RepositoryIndex", RepositoryIndexResponse.getDefaultInstance());
  private static final long MAX_MESSAGE = 64L << 20;
  private static final int CONNECT_MILLIS = 1000;

  /** As long as the longest of calls usually may take: a job's attempt. */
  private static final Duration LAST_CALLS = Duration.ofSeconds(30);

  /** A tensor of 600 KB must not wait for the other end ten times on a slow line. */
  private static final int STREAM_WINDOW = 4 << 20;

  private static final int CONNECTION_WINDOW = 16 << 20;

  private final Vertx vertx;
  private final Timers timers;
  private final UplinkTarget target;
  private final Tls tls;
  private final SocketAddress address;
  private volatile GrpcLine line;

  GrpcChannel(Vertx vertx, UplinkTarget target, Tls tls) {
    this.vertx = vertx;
    this.timers = Timers.of(vertx);
    this.target = target;
    this.tls = tls;
    this.address = SocketAddress.inetSocketAddress(target.port(), target.host());
    this.line = newLine();
  }

  UplinkTarget target() {
    return target;
  }

  /**
   * @param packed {@code request} as it goes over the wire; empty for as it is
   */
  Future<GrpcReply<ModelInferResponse>> infer(
      ModelInferRequest request,
      Optional<GrpcMessage> packed,
      MultiMap metadata,
      Cancellation cancellation,
      Duration timeout) {
    return call(
        MODEL_INFER,
        call -> packed.map(gzip -> sendPacked(call, gzip)).orElseGet(() -> call.send(request)),
        metadata,
        cancellation,
        timeout);
  }

  private static <Q, A> Future<GrpcClientResponse<Q, A>> sendPacked(
      GrpcClientRequest<Q, A> call, GrpcMessage packed) {
    call.encoding(packed.encoding());
    call.endMessage(packed);
    return call.response();
  }

  /** Whether the server wants work; the answer proves that it can be reached. */
  Future<GrpcReply<ServerReadyResponse>> ready(MultiMap metadata, Duration timeout) {
    return call(
        SERVER_READY,
        call -> call.send(ServerReadyRequest.getDefaultInstance()),
        metadata,
        new Cancellation(),
        timeout);
  }

  /** The server's models, where it can tell. */
  Future<RepositoryIndexResponse> index(MultiMap metadata, Duration timeout) {
    return call(
            INDEX,
            call -> call.send(RepositoryIndexRequest.newBuilder().setReady(true).build()),
            metadata,
            new Cancellation(),
            timeout)
        .map(GrpcReply::message);
  }

  /** Gives the connection up: the next call dials anew, whatever becomes of the old socket. */
  void renew() {
    exchange().close();
  }

  /** The next call dials anew; what is under way ends on the old connection. */
  void renewGently() {
    exchange().closeWhenIdle(timers, LAST_CALLS);
  }

  private GrpcLine exchange() {
    GrpcLine old = line;
    line = newLine();
    return old;
  }

  Future<Void> close() {
    return line.close();
  }

  private GrpcLine newLine() {
    return new GrpcLine(
        GrpcClient.client(
            vertx, new GrpcClientOptions().setMaxMessageSize(MAX_MESSAGE), httpOptions()));
  }

  private HttpClientOptions httpOptions() {
    return tls.apply(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setConnectTimeout(CONNECT_MILLIS)
            .setTcpNoDelay(true)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW))
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW));
  }

  private <Q, A> Future<GrpcReply<A>> call(
      ServiceMethod<A, Q> method,
      Sender<Q, A> sender,
      MultiMap metadata,
      Cancellation cancellation,
      Duration timeout) {
    Promise<GrpcReply<A>> promise = Promise.promise();
    Runnable inTime = timers.after(timeout, () -> promise.tryFail(late()));
    GrpcLine used = line;
    used.begin();
    request(used, method)
        .onFailure(promise::tryFail)
        .onSuccess(
            request -> {
              if (promise.future().isComplete()) {
                request.cancel();
              } else {
                promise.future().onFailure(gone -> request.cancel());
                cancellation.onCancel(request::cancel);
                send(request, sender, metadata, timeout)
                    .onComplete(promise::tryComplete, promise::tryFail);
              }
            });
    return promise
        .future()
        .onComplete(
            any -> {
              inTime.run();
              used.end();
            });
  }

  /** A client that is being given up throws. */
  private <Q, A> Future<GrpcClientRequest<Q, A>> request(
      GrpcLine used, ServiceMethod<A, Q> method) {
    try {
      return used.client().request(address, method);
    } catch (IllegalStateException closed) {
      return Future.failedFuture(closed);
    }
  }

  private static TimeoutException late() {
    return new TimeoutException("no answer in time");
  }

  private static <Q, A> Future<GrpcReply<A>> send(
      GrpcClientRequest<Q, A> request, Sender<Q, A> sender, MultiMap metadata, Duration timeout) {
    request.headers().addAll(metadata);
    request.timeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
    return sender.send(request).compose(GrpcChannel::receive);
  }

  private static <Q, A> Future<GrpcReply<A>> receive(GrpcClientResponse<Q, A> response) {
    Promise<GrpcReply<A>> promise = Promise.promise();
    Holder<A> last = new Holder<>();
    response.handler(message -> last.value = message);
    response.exceptionHandler(promise::tryFail);
    response.errorHandler(error -> promise.tryFail("the call was reset: " + error));
    response.endHandler(end -> finish(promise, response, last.value));
    return promise.future();
  }

  private static <A> void finish(
      Promise<GrpcReply<A>> promise, GrpcClientResponse<?, A> response, A message) {
    if (response.status() == GrpcStatus.OK && message != null) {
      promise.tryComplete(new GrpcReply<>(message, response.headers(), response.trailers()));
    } else {
      promise.tryFail(
          GrpcFailure.of(response.status(), response.headers(), response.trailers()).asException());
    }
  }

  /** Writes the one message of a unary call. */
  private interface Sender<Q, A> {
    Future<GrpcClientResponse<Q, A>> send(GrpcClientRequest<Q, A> request);
  }

  /** The one message of a unary answer. */
  private static final class Holder<A> {
    private A value;
  }

  private static <Q extends Message, A extends Message> ServiceMethod<A, Q> method(
      String name, A answer) {
    return ServiceMethod.client(
        SERVICE, name, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(answer));
  }
}
