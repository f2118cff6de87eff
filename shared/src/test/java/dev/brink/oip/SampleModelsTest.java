package dev.brink.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.brink.config.ModelControl;
import dev.brink.config.ModelsSection;
import dev.brink.inference.DataType;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.grpc.GrpcUnderTest;
import dev.brink.oip.http.OipServerUnderTest;
import dev.brink.oip.http.OipServerUnderTest.Answer;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.resilience.Ticker;
import dev.brink.serving.ModelHost;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real models with recorded answers, over JSON, binary and gRPC; skipped where the folder with them
 * is not beside the repository.
 */
class SampleModelsTest {

  private static final Path SAMPLES = Path.of("..", "..", "shared", "models");
  private static final List<String> MODELS =
      List.of(
          "face_slim_320",
          "magika_fast_v2_1",
          "mnist_cnn",
          "silero_vad",
          "simple",
          "simple_identity",
          "simple_int8",
          "simple_string",
          "squeezenet_fp16",
          "squeezenet_int8");
  private static final int SAMPLES_OF_A_MODEL = 2;

  @TempDir private static Path repository;
  private static Vertx vertx;
  private static ModelHost host;
  private static OipServerUnderTest http;
  private static GrpcUnderTest grpc;

  /** One recorded run. */
  private record Sample(
      String model, double tolerance, List<Tensor> inputs, List<Tensor> outputs) {}

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Files.isDirectory(SAMPLES));
    for (String model : MODELS) {
      Path version = Files.createDirectories(repository.resolve(model).resolve("1"));
      Files.copy(SAMPLES.resolve(model).resolve("model.onnx"), version.resolve("model.onnx"));
    }
    vertx = Vertx.vertx();
    host =
        new ModelHost(
            vertx,
            new ModelsSection(repository, List.of(), false, false, ModelControl.OFF),
            "node-1",
            Route.EDGE,
            Ticker.system());
    OipServerUnderTest.await(host.start());
    http = OipServerUnderTest.start(host.inference(), host);
    grpc = GrpcUnderTest.start(host.inference(), host);
  }

  @AfterAll
  static void stop() {
    if (http != null) {
      http.close();
      grpc.close();
      OipServerUnderTest.await(host.close());
      OipServerUnderTest.await(vertx.close());
    }
  }

  @Test
  void everySampleIsAnsweredRightOverBinaryHttp() throws IOException {
    for (Sample sample : samples()) {
      assertSame(sample, binary(sample));
    }
  }

  @Test
  void everySampleIsAnsweredRightOverJson() throws IOException {
    int asked = 0;
    for (Sample sample : samples()) {
      if (isText(sample)) {
        assertSame(sample, json(sample));
        asked++;
      }
    }
    assertThat(asked).isGreaterThan(MODELS.size());
  }

  @Test
  void everySampleIsAnsweredRightOverGrpc() throws IOException {
    for (Sample sample : samples()) {
      assertSame(sample, grpc(sample));
    }
  }

  private static List<Tensor> binary(Sample sample) {
    JsonArray inputs = new JsonArray();
    Buffer data = Buffer.buffer();
    for (Tensor input : sample.inputs()) {
      inputs.add(
          head(input)
              .put("parameters", new JsonObject().put("binary_data_size", input.byteSize())));
      data.appendBytes(bytes(input));
    }
    JsonObject request =
        new JsonObject()
            .put("parameters", new JsonObject().put("binary_data_output", true))
            .put("inputs", inputs);
    Buffer header = request.toBuffer();
    Answer answer =
        http.send(
            HttpMethod.POST,
            "/v2/models/" + sample.model() + "/infer",
            Map.of("Inference-Header-Content-Length", Integer.toString(header.length())),
            Buffer.buffer().appendBuffer(header).appendBuffer(data));
    assertThat(answer.status()).as(sample.model() + ": " + answer.body()).isEqualTo(200);
    int length = Integer.parseInt(answer.header("Inference-Header-Content-Length"));
    JsonObject json = new JsonObject(answer.body().getBuffer(0, length));
    List<Tensor> outputs = new ArrayList<>();
    int at = length;
    for (Object output : json.getJsonArray("outputs")) {
      JsonObject head = (JsonObject) output;
      int size = head.getJsonObject("parameters").getInteger("binary_data_size");
      outputs.add(tensor(head, ByteBuffer.wrap(answer.body().getBytes(at, at + size))));
      at += size;
    }
    return outputs;
  }

  private static List<Tensor> json(Sample sample) {
    JsonArray inputs = new JsonArray();
    for (Tensor input : sample.inputs()) {
      inputs.add(head(input).put("data", values(input)));
    }
    Answer answer =
        http.post(
            "/v2/models/" + sample.model() + "/infer",
            new JsonObject().put("inputs", inputs).encode());
    assertThat(answer.status()).as(sample.model() + ": " + answer.body()).isEqualTo(200);
    List<Tensor> outputs = new ArrayList<>();
    for (Object output : answer.json().getJsonArray("outputs")) {
      JsonObject head = (JsonObject) output;
      outputs.add(tensor(head, raw(head)));
    }
    return outputs;
  }

  private static List<Tensor> grpc(Sample sample) {
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(sample.model());
    for (Tensor input : sample.inputs()) {
      ModelInferRequest.InferInputTensor.Builder tensor =
          ModelInferRequest.InferInputTensor.newBuilder()
              .setName(input.name())
              .setDatatype(input.dataType().name());
      for (long dimension : input.shape().toArray()) {
        tensor.addShape(dimension);
      }
      request.addInputs(tensor).addRawInputContents(ByteString.copyFrom(input.data()));
    }
    ModelInferResponse answer =
        grpc.call("ModelInfer", request.build(), ModelInferResponse.parser()).answer();
    List<Tensor> outputs = new ArrayList<>();
    for (int i = 0; i < answer.getOutputsCount(); i++) {
      var output = answer.getOutputs(i);
      outputs.add(
          Tensor.of(
              output.getName(),
              DataType.valueOf(output.getDatatype()),
              Shape.of(output.getShapeList().stream().mapToLong(Long::longValue).toArray()),
              answer.getRawOutputContents(i).asReadOnlyByteBuffer()));
    }
    return outputs;
  }

  private static void assertSame(Sample sample, List<Tensor> answer) {
    for (Tensor expected : sample.outputs()) {
      Tensor actual =
          answer.stream()
              .filter(output -> output.name().equals(expected.name()))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no output " + expected));
      assertThat(actual.shape()).as(sample.model()).isEqualTo(expected.shape());
      if (expected.dataType() == DataType.FP32) {
        assertClose(sample, expected.toFloats(), actual.toFloats());
      } else if (expected.dataType() != DataType.FP16) {
        assertThat(actual.data()).as(sample.model()).isEqualTo(expected.data());
      }
    }
  }

  private static void assertClose(Sample sample, float[] expected, float[] actual) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as(sample.model() + " value " + i)
          .isCloseTo(expected[i], within(Math.max(sample.tolerance(), 1e-3)));
    }
  }

  private static List<Sample> samples() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (String model : MODELS) {
      try (Stream<Path> files = Files.list(SAMPLES.resolve(model).resolve("samples"))) {
        files
            .filter(file -> file.toString().endsWith(".json"))
            .sorted()
            .limit(SAMPLES_OF_A_MODEL)
            .forEach(file -> samples.add(read(file)));
      }
    }
    return samples;
  }

  private static Sample read(Path file) {
    try {
      JsonObject json = new JsonObject(Files.readString(file));
      return new Sample(
          json.getString("model"),
          json.getDouble("atol"),
          tensors(file, json.getJsonArray("inputs")),
          tensors(file, json.getJsonArray("outputs")));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<Tensor> tensors(Path file, JsonArray heads) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (Object entry : heads) {
      JsonObject head = (JsonObject) entry;
      byte[] data = Files.readAllBytes(file.resolveSibling(head.getString("file")));
      tensors.add(tensor(head, ByteBuffer.wrap(data)));
    }
    return tensors;
  }

  private static Tensor tensor(JsonObject head, ByteBuffer data) {
    long[] shape =
        head.getJsonArray("shape").stream().mapToLong(d -> ((Number) d).longValue()).toArray();
    return Tensor.of(
        head.getString("name"),
        DataType.valueOf(head.getString("datatype")),
        Shape.of(shape),
        data);
  }

  private static JsonObject head(Tensor tensor) {
    JsonArray shape = new JsonArray();
    for (long dimension : tensor.shape().toArray()) {
      shape.add(dimension);
    }
    return new JsonObject()
        .put("name", tensor.name())
        .put("datatype", tensor.dataType().name())
        .put("shape", shape);
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.byteSize()];
    tensor.data().get(bytes);
    return bytes;
  }

  /** Half floats and bytes that are no text do not travel as JSON. */
  private static boolean isText(Sample sample) {
    return Stream.concat(sample.inputs().stream(), sample.outputs().stream())
        .allMatch(SampleModelsTest::isText);
  }

  private static boolean isText(Tensor tensor) {
    if (tensor.dataType() == DataType.FP16) {
      return false;
    }
    if (tensor.dataType() != DataType.BYTES) {
      return true;
    }
    for (byte[] value : tensor.toByteStrings()) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
      } catch (CharacterCodingException noText) {
        return false;
      }
    }
    return true;
  }

  private static JsonArray values(Tensor tensor) {
    JsonArray values = new JsonArray();
    ByteBuffer data = tensor.data();
    if (tensor.dataType() == DataType.BYTES) {
      tensor.toStrings().forEach(values::add);
      return values;
    }
    while (data.hasRemaining()) {
      switch (tensor.dataType()) {
        case FP32 -> values.add((double) data.getFloat());
        case INT8 -> values.add((int) data.get());
        case INT32 -> values.add(data.getInt());
        case INT64 -> values.add(data.getLong());
        default -> throw new AssertionError("a sample of " + tensor.dataType());
      }
    }
    return values;
  }

  private static ByteBuffer raw(JsonObject output) {
    JsonArray values = output.getJsonArray("data");
    if (output.getString("datatype").equals("BYTES")) {
      List<String> texts = values.stream().map(String.class::cast).toList();
      return Tensor.ofStrings("y", Shape.of(texts.size()), texts).data();
    }
    ByteBuffer data = ByteBuffer.allocate(values.size() * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (Object value : values) {
      Number number = (Number) value;
      switch (output.getString("datatype")) {
        case "FP32" -> data.putFloat(number.floatValue());
        case "INT8" -> data.put(number.byteValue());
        case "INT32" -> data.putInt(number.intValue());
        case "INT64" -> data.putLong(number.longValue());
        default -> throw new AssertionError("an output of " + output.getString("datatype"));
      }
    }
    return data.flip();
  }
}
