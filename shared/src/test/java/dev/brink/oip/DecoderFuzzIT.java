package dev.brink.oip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.brink.inference.DataType;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.inference.Timings;
import dev.brink.oip.grpc.GrpcTexts;
import dev.brink.oip.http.HttpTexts;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.json.GenerateBodyReader;
import dev.brink.oip.json.InferAnswer;
import dev.brink.oip.json.InferAnswerWriter;
import dev.brink.oip.json.InferBody;
import dev.brink.oip.json.InferBodyReader;
import dev.brink.oip.json.JsonReader;
import dev.brink.oip.json.OutputEncoding;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.wire.WireRequests;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Coverage-guided: whatever comes, the decoders give a request or refuse it as a caller's mistake,
 * within memory that is in proportion to the input. The first byte chooses the decoder.
 */
class DecoderFuzzIT {

  private static final int UNPACKED = 1 << 20;
  private static final List<TensorSpec> PROMPT =
      List.of(
          new TensorSpec("PROMPT", DataType.BYTES, Shape.of(-1, 1)),
          new TensorSpec("STREAM", DataType.BOOL, Shape.of(-1, 1)),
          new TensorSpec("N", DataType.FP32, Shape.of(-1, -1)));

  @FuzzTest(maxDuration = "20s")
  void whatComesIsReadOrRefused(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] body = Arrays.copyOfRange(input, 2, input.length);
    try {
      decode((input[0] & 0xff) % 10, input[1] & 0xff, body);
    } catch (InferenceException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  private static void decode(int decoder, int choice, byte[] body) {
    switch (decoder) {
      case 0, 1, 2 -> comesBack(infer(body, body.length));
      case 3, 4 -> infer(body, Math.min(choice, body.length));
      case 5 ->
          GenerateBodyReader.read(body, body.length, PROMPT, (choice & 1) == 0, inProportion(body));
      case 6 -> unpacked((choice & 1) == 0 ? ContentCoding.GZIP : ContentCoding.DEFLATE, body);
      case 7 -> load(body);
      case 8 -> head(new String(body, ISO_8859_1));
      default -> message(body);
    }
  }

  private static InferBody infer(byte[] body, int headerLength) {
    return InferBodyReader.read("m", body, body.length, headerLength, inProportion(body));
  }

  /** The least that costs most is a parameter: five bytes of text, 256 in memory. */
  private static LongPredicate inProportion(byte[] body) {
    long[] taken = new long[1];
    return bytes -> {
      taken[0] += bytes;
      assertThat(taken[0]).isLessThanOrEqualTo(64L * body.length);
      return true;
    };
  }

  /** What could be read is written so that it reads as the same. */
  private static void comesBack(InferBody request) {
    List<Tensor> texts =
        request.inputs().stream().filter(tensor -> tensor.shape().elementCount() > 0).toList();
    InferenceResponse response =
        new InferenceResponse(
            "m",
            "1",
            request.id(),
            Parameters.none(),
            texts,
            Provenance.local(Route.EDGE, "", Timings.NONE));
    InferAnswer answer = InferAnswerWriter.write(response, Map.of(), OutputEncoding.JSON);
    String json = new String(answer.json().array(), 0, answer.json().size(), UTF_8);
    byte[] again = json.replaceFirst("\"outputs\":\\[", "\"inputs\":[").getBytes(UTF_8);
    List<Tensor> back = infer(again, again.length).inputs();
    for (int i = 0; i < texts.size(); i++) {
      assertThat(back.get(i).data()).isEqualTo(texts.get(i).data());
    }
  }

  private static void unpacked(ContentCoding coding, byte[] packed) {
    Body body = new Body(packed, packed.length, "");
    MemoryLease lease = new MemoryLease(new MemoryBudget(4L * UNPACKED));
    Body plain = coding.unpack(body, UNPACKED, lease);
    assertThat(plain.length()).isLessThanOrEqualTo(UNPACKED);
    infer(Arrays.copyOf(plain.bytes(), plain.length()), plain.length());
  }

  /** What a client may have loaded, as far as it is text. */
  private static void load(byte[] body) {
    JsonReader json = new JsonReader(body, 0, body.length, inProportion(body));
    json.beginObject("request");
    while (json.nextMember()) {
      if (json.peek() == JsonReader.Kind.STRING) {
        assertThat(json.utf8(json.name()).remaining()).isLessThan(body.length);
      } else {
        json.skip();
      }
    }
    json.requireEnd();
  }

  private static void head(String text) {
    assertThat(GrpcTexts.isTimeout(text)).isTrue();
    HttpTexts.read(text);
  }

  /** Two bytes of it are an object at most. */
  private static void message(byte[] body) {
    try {
      assertThat(GrpcTexts.cost(body)).isLessThan(300L * body.length + 1);
      ModelInferRequest message = ModelInferRequest.parseFrom(body);
      WireRequests.toRequest(message, RequestContext.until(null));
    } catch (IOException malformed) {
      assertThat(malformed.getMessage()).isNotBlank();
    }
  }
}
