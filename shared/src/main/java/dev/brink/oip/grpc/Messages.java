package dev.brink.oip.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.proto.ModelInferRequest;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcMessage;
import java.io.IOException;
import java.time.Duration;

/** Reads protobuf messages, large ones off the event loop and packed ones within the limit. */
final class Messages {

  /** What a smaller message comes to is not worth counting. */
  private static final int COUNTED = 16 << 10;

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
    return codec.read(body, () -> parse(unpacked(body, lease), parser, lease));
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

  private static <T> T parse(Body body, Parser<T> parser, MemoryLease lease) {
    try {
      requireMemory(body, parser, lease);
      CodedInputStream in =
          UnsafeByteOperations.unsafeWrap(body.bytes(), 0, body.length()).newCodedInput();
      in.enableAliasing(true);
      T parsed = parser.parseFrom(in);
      in.checkLastTagWas(0);
      return parsed;
    } catch (IOException malformed) {
      throw InferenceError.invalid("malformed message: " + malformed.getMessage());
    }
  }

  private static void requireMemory(Body body, Parser<?> parser, MemoryLease lease)
      throws IOException {
    boolean counted = body.length() > COUNTED && parser == ModelInferRequest.parser();
    if (counted && !lease.take(InferCost.of(body.bytes(), body.length()))) {
      throw new InferenceError.Overloaded("no memory left for requests", Duration.ofSeconds(1))
          .asException();
    }
  }
}
