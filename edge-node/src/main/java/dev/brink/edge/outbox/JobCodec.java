package dev.brink.edge.outbox;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.brink.inference.InferenceError.Internal;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.RequestContext;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.wire.WireRequests;
import dev.brink.oip.wire.WireResponses;

/** Requests and answers as they stand in the file: the messages of the protocol. */
final class JobCodec {

  private JobCodec() {}

  static byte[] toBytes(InferenceRequest request) {
    return WireRequests.toMessage(request).toByteArray();
  }

  /**
   * @throws InferenceException (internal) where {@code bytes} are no request
   */
  static InferenceRequest toRequest(byte[] bytes, RequestContext context) {
    try {
      return WireRequests.toRequest(ModelInferRequest.parseFrom(bytes), context);
    } catch (InvalidProtocolBufferException damaged) {
      throw new Internal("the request in the outbox cannot be read").asException();
    }
  }

  static byte[] toBytes(InferenceResponse response) {
    return WireResponses.toMessage(response).toByteArray();
  }

  /**
   * @throws InferenceException (internal) where {@code bytes} are no answer
   */
  static InferenceResponse toResponse(byte[] bytes) {
    try {
      return WireResponses.toResponse(ModelInferResponse.parseFrom(bytes));
    } catch (InvalidProtocolBufferException damaged) {
      throw new Internal("the answer in the outbox cannot be read").asException();
    }
  }
}
