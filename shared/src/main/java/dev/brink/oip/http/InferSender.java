package dev.brink.oip.http;

import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.json.InferAnswer;
import dev.brink.oip.json.InferAnswerWriter;
import dev.brink.oip.rules.Classification;
import dev.brink.oip.wire.WireProvenance;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;

/** Sends an inference's answer: JSON, or JSON with binary outputs behind it, packed if wanted. */
final class InferSender {

  private static final CharSequence OCTETS =
      HttpHeaders.createOptimized("application/octet-stream");
  private static final int WORTH_PACKING = 256;
  private static final int WORTH_VIEWING = 16 << 10;

  private final Exchange exchange;
  private final CodecThreads codec;
  private final ModelCatalog catalog;
  private final ContentCoding coding;

  InferSender(Exchange exchange, CodecThreads codec, ModelCatalog catalog) {
    this.exchange = exchange;
    this.codec = codec;
    this.catalog = catalog;
    this.coding = ContentCoding.accepted(exchange.header(HttpHeaders.ACCEPT_ENCODING));
  }

  /** Done when the answer has been handed to the connection; fails where it cannot be written. */
  Future<Void> send(Infer infer, InferenceResponse response) {
    return codec.run(work(response), () -> encode(infer, response)).map(this::send);
  }

  /** Roughly the bytes to go through. */
  private long work(InferenceResponse response) {
    long bytes = 0;
    for (Tensor output : response.outputs()) {
      bytes += output.byteSize();
    }
    return coding == ContentCoding.IDENTITY ? bytes : bytes * 4;
  }

  private Encoded encode(Infer infer, InferenceResponse response) {
    InferAnswer answer =
        InferAnswerWriter.write(
            Classification.apply(infer.request(), response, catalog).withId(infer.request().id()),
            WireProvenance.toParameters(response.provenance()),
            infer.encoding());
    ByteBuf body = body(answer);
    boolean packing = coding != ContentCoding.IDENTITY && body.readableBytes() >= WORTH_PACKING;
    return new Encoded(
        packing ? Unpooled.wrappedBuffer(coding.pack(ByteBufUtil.getBytes(body))) : body,
        packing,
        answer.isPlain() ? -1 : answer.json().size(),
        timings(response.provenance().timings()));
  }

  private static ByteBuf body(InferAnswer answer) {
    int size = answer.json().size();
    for (ByteBuffer tensor : answer.binary()) {
      size += tensor.remaining();
    }
    return size <= WORTH_VIEWING ? joined(answer, size) : viewed(answer);
  }

  /** Vert.x copies what goes to the socket once more, and several parts twice. */
  private static ByteBuf joined(InferAnswer answer, int size) {
    ByteBuf whole = Unpooled.buffer(size, size);
    whole.writeBytes(answer.json().array(), 0, answer.json().size());
    for (ByteBuffer tensor : answer.binary()) {
      whole.writeBytes(tensor.duplicate());
    }
    return whole;
  }

  private static ByteBuf viewed(InferAnswer answer) {
    ByteBuf[] parts = new ByteBuf[1 + answer.binary().size()];
    parts[0] = Answers.byteBuf(answer.json());
    int next = 1;
    for (ByteBuffer tensor : answer.binary()) {
      parts[next++] = Unpooled.wrappedBuffer(tensor);
    }
    return Unpooled.wrappedBuffer(parts.length, parts);
  }

  private Void send(Encoded encoded) {
    HttpServerResponse response = exchange.response();
    if (!Answers.isOpen(response)) {
      return null;
    }
    response.putHeader(
        HttpHeaders.CONTENT_TYPE, encoded.headerLength() < 0 ? Answers.JSON : OCTETS);
    if (encoded.headerLength() >= 0) {
      response.putHeader(WireNames.HEADER_LENGTH, Integer.toString(encoded.headerLength()));
    }
    if (encoded.packed()) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, coding.wireName());
    }
    if (!encoded.timings().isEmpty()) {
      response.putHeader("Server-Timing", encoded.timings());
    }
    response.end(BufferInternal.buffer(encoded.body()));
    return null;
  }

  private static String timings(Timings timings) {
    StringBuilder header = new StringBuilder(64);
    append(header, "queue", timings.queue());
    append(header, "edge", timings.edge());
    append(header, "uplink", timings.uplink());
    append(header, "cloud", timings.cloud());
    return header.toString();
  }

  /** In milliseconds, to the microsecond. */
  private static void append(StringBuilder header, String name, long nanos) {
    if (nanos > 0) {
      long micros = Math.ceilDiv(nanos, 1_000L);
      header
          .append(header.isEmpty() ? "" : ", ")
          .append(name)
          .append(";dur=")
          .append(micros / 1000)
          .append('.')
          .append(micros / 100 % 10)
          .append(micros / 10 % 10)
          .append(micros % 10);
    }
  }

  /**
   * @param headerLength length of the JSON before the binary outputs; -1 where there are none
   */
  private record Encoded(ByteBuf body, boolean packed, int headerLength, String timings) {}
}
