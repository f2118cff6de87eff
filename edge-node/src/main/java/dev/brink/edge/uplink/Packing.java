package dev.brink.edge.uplink;

import com.google.protobuf.MessageLite;
import dev.brink.config.UplinkCompression;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Packs requests, for as long as it has been seen to pay for their model: what does not shrink by a
 * fifth is sent as it is, and so are the next requests of its model. Thread-safe.
 */
final class Packing {

  static final int LEAST_BYTES = 1024;

  private static final double WORTH_IT = 0.8;
  private static final int NOT_TRIED = 64;
  private static final int MOST_MODELS = 1024;

  /** More than about a millisecond of work does not belong on an event loop. */
  private static final int MOST_ON_LOOP = 32 << 10;

  private final Vertx vertx;
  private final UplinkCompression compression;
  private final Map<String, Integer> skips = new ConcurrentHashMap<>();

  Packing(Vertx vertx, UplinkCompression compression) {
    this.vertx = vertx;
    this.compression = compression;
  }

  /** The packed message; empty where it goes as it is. */
  Future<Optional<GrpcMessage>> pack(String model, MessageLite message) {
    if (compression == UplinkCompression.NONE
        || message.getSerializedSize() < LEAST_BYTES
        || isSkipped(model)) {
      return Future.succeededFuture(Optional.empty());
    }
    return message.getSerializedSize() <= MOST_ON_LOOP
        ? Future.succeededFuture(tryOut(model, message))
        : vertx.executeBlocking(() -> tryOut(model, message), false);
  }

  private boolean isSkipped(String model) {
    Integer left = skips.computeIfPresent(model, (name, count) -> count > 1 ? count - 1 : null);
    return left != null;
  }

  private Optional<GrpcMessage> tryOut(String model, MessageLite message) {
    Buffer packed = packed(message);
    if (packed.length() <= WORTH_IT * message.getSerializedSize()) {
      return Optional.of(GrpcMessage.message("gzip", packed));
    }
    if (skips.size() >= MOST_MODELS) {
      skips.clear();
    }
    skips.put(model, NOT_TRIED);
    return Optional.empty();
  }

  private static Buffer packed(MessageLite message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.getSerializedSize() / 4);
    try (FastGzip gzip = new FastGzip(bytes)) {
      message.writeTo(gzip);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  /** At the level that costs least: the others gain a few per cent and cost several times more. */
  private static final class FastGzip extends GZIPOutputStream {

    private FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out, 8192);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
