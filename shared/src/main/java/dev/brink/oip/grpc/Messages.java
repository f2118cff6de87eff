package dev.brink.oip.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.RepositoryModelLoadRequest;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcMessage;
import java.io.IOException;
import java.time.Duration;

/**
 * Reads protobuf messages, large ones off the event loop and packed ones within the limit. Fields
 * that are not known are not kept: they would take memory that nobody counts.
 */
final class Messages {

  /** What a smaller message comes to is not worth counting. */
  private static final int COUNTED = 16 << 10;

  /** Largest message of a call that carries neither tensors nor files. */
  private static final int MOST_OF_OTHERS = 1 << 20;

  /** What a byte of such a message comes to at most: two are an entry of a list of texts. */
  private static final int COST_OF_OTHERS = 64;

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
  <T extends Message> Future<T> read(GrpcMessage message, Parser<T> parser, MemoryLease lease) {
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

  private static <T extends Message> T parse(Body body, Parser<T> parser, MemoryLease lease) {
    try {
      requireMemory(body, parser, lease);
      CodedInputStream in =
          UnsafeByteOperations.unsafeWrap(body.bytes(), 0, body.length()).newCodedInput();
      in.enableAliasing(true);
      T parsed = DiscardUnknownFieldsParser.wrap(parser).parseFrom(in);
      in.checkLastTagWas(0);
      return parsed;
    } catch (IOException malformed) {
      throw InferenceError.invalid("malformed message: " + malformed.getMessage());
    }
  }

  private static void requireMemory(Body body, Parser<?> parser, MemoryLease lease)
      throws IOException {
    if (body.length() > COUNTED && !lease.take(cost(body, parser))) {
      throw new InferenceError.Overloaded("no memory left for requests", Duration.ofSeconds(1))
          .asException();
    }
  }

  private static long cost(Body body, Parser<?> parser) throws IOException {
    if (parser == ModelInferRequest.parser()) {
      return InferCost.of(body.bytes(), body.length());
    }
    if (parser == RepositoryModelLoadRequest.parser()) {
      return LoadCost.of(body.bytes(), body.length());
    }
    if (body.length() > MOST_OF_OTHERS) {
      throw new InferenceError.TooLarge(
              "message of %d bytes exceeds the maximum allowed size of %d bytes for this call"
                  .formatted(body.length(), MOST_OF_OTHERS))
          .asException();
    }
    return (long) COST_OF_OTHERS * body.length();
  }
}
