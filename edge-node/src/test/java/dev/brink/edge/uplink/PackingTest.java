package dev.brink.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.brink.cluster.Conditions;
import dev.brink.config.UplinkCompression;
import dev.brink.oip.proto.ModelInferRequest;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcMessage;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PackingTest {

  private static final ModelInferRequest SPARSE = message(new byte[8192]);
  private static final ModelInferRequest NOISE = noise(8192);

  private final Vertx vertx = Vertx.vertx();
  private final Packing packing = new Packing(vertx, UplinkCompression.GZIP);

  @AfterEach
  void stop() {
    Conditions.await(vertx.close());
  }

  @Test
  void whatShrinksIsPacked() {
    GrpcMessage packed = pack("sparse", SPARSE).orElseThrow();

    assertThat(packed.encoding()).isEqualTo("gzip");
    assertThat(packed.payload().length()).isLessThan(SPARSE.getSerializedSize() / 10);
  }

  @Test
  void aModelWhoseRequestsDoNotShrinkIsLeftAloneForAWhile() {
    assertThat(pack("dense", NOISE)).isEmpty();

    long untilPacked =
        IntStream.range(0, 1000).takeWhile(i -> pack("dense", SPARSE).isEmpty()).count();

    assertThat(untilPacked).isBetween(10L, 100L);
    assertThat(pack("other", SPARSE)).isPresent();
  }

  @Test
  void madeUpNamesDoNotKeepAModelFromBeingLeftAlone() {
    for (int i = 0; i < 1100; i++) {
      pack("made-up-" + i, NOISE);
    }
    pack("dense", NOISE);

    assertThat(pack("dense", SPARSE)).isEmpty();
  }

  @Test
  void aLargeRequestIsPackedElsewhere() {
    ModelInferRequest large = message(new byte[1 << 20]);

    assertThat(Conditions.await(packing.pack("large", large))).isPresent();
  }

  @Test
  void whatIsSmallIsNotPackedAndNothingIsUnlessConfigured() {
    assertThat(pack("small", message(new byte[100]))).isEmpty();
    Packing none = new Packing(vertx, UplinkCompression.NONE);
    assertThat(Conditions.await(none.pack("sparse", SPARSE))).isEmpty();
  }

  private Optional<GrpcMessage> pack(String model, ModelInferRequest message) {
    return Conditions.await(packing.pack(model, message));
  }

  private static ModelInferRequest noise(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return message(bytes);
  }

  private static ModelInferRequest message(byte[] tensor) {
    return ModelInferRequest.newBuilder()
        .setModelName("m")
        .addRawInputContents(ByteString.copyFrom(tensor))
        .build();
  }
}
