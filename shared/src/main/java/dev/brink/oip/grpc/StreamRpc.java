package dev.brink.oip.grpc;

import dev.brink.inference.Cancellation;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.proto.InferParameter;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.proto.ModelStreamInferResponse;
import dev.brink.oip.rules.ParameterRules;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.server.GrpcServerRequest;

/**
 * ModelStreamInfer: requests go off as they come, some at a time; answers go back in the requests'
 * order. What goes wrong with one request is told in the stream, which goes on, unless the caller
 * wants real errors.
 */
final class StreamRpc {

  private static final int IN_FLIGHT = 16;

  private final GrpcServerRequest<Buffer, ModelStreamInferResponse> request;
  private final GrpcCall<ModelStreamInferResponse> call;
  private final InferRpc infer;
  private final Messages messages;
  private final MemoryBudget budget;
  private final boolean realErrors;

  private Future<Void> answered = Future.succeededFuture();
  private int inFlight;

  StreamRpc(
      GrpcServerRequest<Buffer, ModelStreamInferResponse> request,
      InferRpc infer,
      Messages messages,
      MemoryBudget budget) {
    this.request = request;
    this.call = new GrpcCall<>(request);
    this.infer = infer;
    this.messages = messages;
    this.budget = budget;
    this.realErrors = call.header("triton_grpc_error").equals("true");
  }

  void serve() {
    request.invalidMessageHandler(tooLarge -> call.refuse(tooLarge, messages.limit()));
    request.messageHandler(this::received);
    request.endHandler(end -> answered.onComplete(any -> call.end()));
  }

  private void received(GrpcMessage message) {
    if (++inFlight == IN_FLIGHT) {
      request.pause();
    }
    long now = System.nanoTime();
    MemoryLease lease = new MemoryLease(budget);
    Future<ModelInferResponse> answer =
        lease.take(message.payload().length())
            ? messages
                .read(message, ModelInferRequest.parser(), lease)
                .compose(parsed -> infer(parsed, now))
            : overloaded();
    Future<Void> before = answered;
    answered =
        answer
            .onComplete(any -> lease.close())
            .transform(result -> before.onComplete(any -> send(answer)).otherwiseEmpty());
  }

  private static Future<ModelInferResponse> overloaded() {
    return InferenceException.failed(
        new InferenceError.Overloaded(
            "no memory left for requests", java.time.Duration.ofSeconds(1)));
  }

  private Future<ModelInferResponse> infer(ModelInferRequest message, long arrivedNanos) {
    boolean marked =
        message
            .getParametersOrDefault(
                ParameterRules.EMPTY_FINAL_RESPONSE, InferParameter.getDefaultInstance())
            .getBoolParam();
    Cancellation part = call.cancellation().child();
    return infer
        .infer(call, message, part, arrivedNanos)
        .onComplete(any -> part.detach())
        .map(answer -> marked ? markedFinal(answer) : answer);
  }

  private static ModelInferResponse markedFinal(ModelInferResponse answer) {
    return answer.toBuilder()
        .putParameters(
            "triton_final_response", InferParameter.newBuilder().setBoolParam(true).build())
        .build();
  }

  private void send(Future<ModelInferResponse> answer) {
    if (inFlight-- == IN_FLIGHT) {
      request.resume();
    }
    if (answer.succeeded()) {
      call.write(ModelStreamInferResponse.newBuilder().setInferResponse(answer.result()).build());
    } else if (realErrors) {
      call.fail(answer.cause());
    } else {
      call.write(
          ModelStreamInferResponse.newBuilder()
              .setErrorMessage(InferenceException.errorOf(answer.cause()).message())
              .build());
    }
  }
}
