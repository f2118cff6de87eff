package dev.brink.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.brink.inference.Cancellation;
import dev.brink.inference.Deadline;
import dev.brink.inference.LoadReport;
import dev.brink.inference.RequestContext;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.wire.WireLoad;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BusMessagesTest {

  private static final LoadReport LOAD = new LoadReport(3, 1, 0.25, 1_500_000, 7, 1 << 20);

  private final ProtobufCodec<ModelInferRequest> codec =
      new ProtobufCodec<>("test", ModelInferRequest.parser());

  @Test
  void aRequestIsReadAsItWasWrittenBehindWhatStandsBeforeIt() {
    byte[] tensor = new byte[100_000];
    new Random(1).nextBytes(tensor);
    ModelInferRequest request =
        ModelInferRequest.newBuilder()
            .setModelName("m")
            .addRawInputContents(ByteString.copyFrom(tensor))
            .build();
    Buffer wire = Buffer.buffer("before");

    codec.encodeToWire(wire, request);

    assertThat(wire.length()).isEqualTo(6 + request.getSerializedSize());
    assertThat(codec.decodeFromWire(6, wire)).isEqualTo(request);
  }

  @Test
  void anEmptyMessageTakesNoRoom() {
    Buffer wire = Buffer.buffer("before");

    codec.encodeToWire(wire, ModelInferRequest.getDefaultInstance());

    assertThat(wire.length()).isEqualTo(6);
    assertThat(codec.decodeFromWire(6, wire)).isEqualTo(ModelInferRequest.getDefaultInstance());
  }

  @Test
  void whatIsNoMessageIsRefused() {
    assertThatThrownBy(() -> codec.decodeFromWire(0, Buffer.buffer("\u0007nonsense")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNodesStatusSurvivesTheWire() {
    NodeStatus status =
        new NodeStatus(
            true, Set.of(new HeldModel("intent", "3"), new HeldModel("a b", "12")), LOAD);
    NodeStatusCodec statusCodec = new NodeStatusCodec();
    Buffer wire = Buffer.buffer();

    statusCodec.encodeToWire(wire, status);

    assertThat(statusCodec.decodeFromWire(0, wire)).isEqualTo(status);
  }

  @Test
  void aLoadReportSurvivesAHeaderAndAnotherServersHeaderIsNone() {
    assertThat(WireLoad.parse(WireLoad.format(LOAD))).contains(LOAD);
    assertThat(WireLoad.parse(null)).isEmpty();
    assertThat(WireLoad.parse("1,2")).isEmpty();
    assertThat(WireLoad.parse("a,b,c,d,e,f")).isEmpty();
    assertThat(WireLoad.parse("1,2,0.5,3,4,")).isEmpty();
    assertThat(WireLoad.parse("1,2,0.5,3,4,5,6")).isEmpty();
    assertThat(WireLoad.parse("1,2,0.5,3,-4,5")).isEmpty();
    assertThat(WireLoad.parse("1,2,0.5,3,4000000000,5")).isEmpty();
  }

  @Test
  void theTimeLeftTravelsAndNotTheInstant() {
    // Given a request with 800 ms left of which the attempt gets 500
    RequestContext context =
        RequestContext.until(new Deadline(Duration.ofMillis(800).toNanos())).withPriority(2);
    MultiMap headers = CallHeaders.of("edge#1", context, Duration.ofMillis(500));

    // When another node reads them by its own clock
    long now = -123_456_789L;
    RequestContext read = CallHeaders.context(headers, new Cancellation(), now);

    // Then
    assertThat(read.deadline().remainingNanos(now)).isEqualTo(Duration.ofMillis(500).toNanos());
    assertThat(read.priority()).isEqualTo(2);
    assertThat(read.tenant()).isEmpty();
    assertThat(CallHeaders.call(headers)).isEqualTo("edge#1");
  }

  @Test
  void anAbsurdTimeLeftIsCutAndANonsenseOneRefused() {
    MultiMap absurd = MultiMap.caseInsensitiveMultiMap().add("time-left-us", "9999999999999");
    MultiMap nonsense = MultiMap.caseInsensitiveMultiMap().add("time-left-us", "soon");

    assertThat(CallHeaders.context(absurd, new Cancellation(), 0).deadline().nanos())
        .isEqualTo(Duration.ofHours(1).toNanos());
    assertThatThrownBy(() -> CallHeaders.context(nonsense, new Cancellation(), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
