package dev.brink.oip.grpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.brink.inference.InferenceError;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.intake.MemoryLease;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;
import io.vertx.grpc.server.ServiceBuilder;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Binds methods by hand: messages arrive as bytes, so that reading them is in our hands. */
final class Binder {

  private final ServiceName name;
  private final ServiceBuilder service;
  private final Messages messages;
  private final MemoryBudget budget;

  Binder(ServiceDescriptor descriptor, Messages messages, MemoryBudget budget) {
    this(descriptor.getFullName(), descriptor, messages, budget);
  }

  /**
   * @param name under which the service is called, if it is not the descriptor's
   */
  Binder(String name, ServiceDescriptor descriptor, Messages messages, MemoryBudget budget) {
    this.name = ServiceName.create(name);
    this.service = Service.service(this.name, descriptor);
    this.messages = messages;
    this.budget = budget;
  }

  Service bound() {
    return service.build();
  }

  /** A method of one request and one answer. */
  <Q extends Message, A extends MessageLite> Binder unary(
      String method, Parser<Q> parser, BiFunction<GrpcCall<A>, Q, Future<A>> action) {
    service.bind(this.<A>method(method), request -> serve(request, parser, action));
    return this;
  }

  /** A method of one request whose answers {@code action} writes, and ends, itself. */
  <Q extends Message, A extends MessageLite> Binder answers(
      String method, Parser<Q> parser, BiConsumer<GrpcCall<A>, Q> action) {
    return this.<Q, A>unary(
        method,
        parser,
        (call, request) -> {
          action.accept(call, request);
          return Future.future(unending -> {});
        });
  }

  /** A method that reads its messages itself. */
  <A extends MessageLite> Binder stream(
      String method, Consumer<GrpcServerRequest<Buffer, A>> action) {
    service.bind(this.<A>method(method), action::accept);
    return this;
  }

  private <A extends MessageLite> ServiceMethod<Buffer, A> method(String method) {
    return ServiceMethod.server(
        name, method, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.IDENTITY);
  }

  private <Q extends Message, A extends MessageLite> void serve(
      GrpcServerRequest<Buffer, A> request,
      Parser<Q> parser,
      BiFunction<GrpcCall<A>, Q, Future<A>> action) {
    GrpcCall<A> call = new GrpcCall<>(request);
    OneMessage one = new OneMessage(call::fail);
    request.invalidMessageHandler(tooLarge -> call.refuse(tooLarge, messages.limit()));
    request.messageHandler(one::received);
    request.endHandler(
        end -> {
          if (one.message() == null) {
            call.fail(InferenceError.invalid("the call has no message"));
          } else if (!call.isEnded()) {
            answer(call, one.message(), parser, action);
          }
        });
  }

  private <Q extends Message, A> void answer(
      GrpcCall<A> call,
      GrpcMessage message,
      Parser<Q> parser,
      BiFunction<GrpcCall<A>, Q, Future<A>> action) {
    MemoryLease unpacking = new MemoryLease(budget);
    messages
        .read(message, parser, unpacking)
        .compose(parsed -> action.apply(call, parsed))
        .onComplete(any -> unpacking.close())
        .onSuccess(call::end)
        .onFailure(call::fail);
  }

  /** The one message of a unary call. */
  private static final class OneMessage {

    private final Consumer<Throwable> refusal;
    private GrpcMessage message;

    OneMessage(Consumer<Throwable> refusal) {
      this.refusal = refusal;
    }

    void received(GrpcMessage next) {
      if (message != null) {
        refusal.accept(InferenceError.invalid("the call has more than one message"));
      }
      message = next;
    }

    GrpcMessage message() {
      return message;
    }
  }
}
