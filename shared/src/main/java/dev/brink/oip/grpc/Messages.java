package dev.brink.oip.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.intake.MemoryLease;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcMessage;

/** Reads protobuf messages, large ones off the event loop and packed ones within the limit. */
final class Messages {

  private final long limit;
  private final CodecThreads codec;

  Messages(long limit, CodecThreads codec) {
    this.limit = limit;
    this.codec = codec;
  }

  /** Of a message's bytes. */
  long limit() {
    return limit;
  }

  /** The message; its bytes fields are views of the received bytes. */
  <T> Future<T> read(GrpcMessage message, Parser<T> parser, MemoryLease lease) {
    byte[] payload = message.payload().getBytes();
    Body body = new Body(payload, payload.length, message.encoding());
    return codec.read(body, () -> parse(unpacked(body, lease), parser));
  }

  private Body unpacked(Body body, MemoryLease lease) {
    return ContentCoding.named(body.encoding())
        .orElseThrow(() -> unsupported(body.encoding()))
        .unpack(body, limit, lease);
  }

  private static InferenceException unsupported(String coding) {
    return new InferenceError.Unsupported(
            "unsupported grpc-encoding: " + coding + " (expected: gzip or deflate)")
        .asException();
  }

  private static <T> T parse(Body body, Parser<T> parser) {
    try {
      CodedInputStream in =
          UnsafeByteOperations.unsafeWrap(body.bytes(), 0, body.length()).newCodedInput();
      in.enableAliasing(true);
      T parsed = parser.parseFrom(in);
      in.checkLastTagWas(0);
      return parsed;
    } catch (InvalidProtocolBufferException malformed) {
      throw InferenceError.invalid("malformed message: " + malformed.getMessage());
    }
  }
}
