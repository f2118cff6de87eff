package dev.brink.edge.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import dev.brink.inference.DataType;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.oip.grpc.InferCost;
import dev.brink.oip.json.InferAnswerWriter;
import dev.brink.oip.json.InferBodyReader;
import dev.brink.oip.json.OutputEncoding;
import dev.brink.oip.proto.InferTensorContents;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferRequest.InferInputTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;

/**
 * One kind of tensor to be read or written, and what stands beside it: Jackson's streaming reader
 * or writer as a careful user would call it, straight into or out of the tensor's memory; for
 * binary tensors a copy of their bytes.
 *
 * @param values how many a call goes through
 */
record CodecCase(Callable<?> brink, Callable<?> beside, int values) {

  private static final int IMAGE = 3 * 224 * 224;
  private static final JsonFactory JACKSON = new JsonFactory();

  static CodecCase of(CodecKind kind) {
    SplittableRandom random = new SplittableRandom(1);
    float[] image = new float[IMAGE];
    for (int i = 0; i < IMAGE; i++) {
      image[i] = (float) random.nextDouble(-2.2, 2.7);
    }
    return switch (kind) {
      case READ_FP32 -> read(DataType.FP32, i -> Float.toString(image[i]));
      case READ_FP32_17_DIGITS -> read(DataType.FP32, i -> Double.toString(image[i]));
      case READ_FP64 -> read(DataType.FP64, i -> Double.toString(random.nextDouble()));
      case READ_UINT8 -> read(DataType.UINT8, i -> Integer.toString(random.nextInt(256)));
      case READ_INT64 -> read(DataType.INT64, i -> Long.toString(random.nextLong()));
      case READ_BYTES -> read(DataType.BYTES, i -> "\"abcd" + (1000 + i % 9000) + "\"");
      case READ_BINARY -> binary(image);
      case WRITE_FP32 -> write(Tensor.ofFloats("y", Shape.of(1, IMAGE), image));
      case WRITE_1000_FP32 -> write(Tensor.ofFloats("y", Shape.of(1, 1000), softmax(random)));
      case WRITE_UINT8 -> write(bytes(random));
      case WRITE_BINARY -> writeBinary(Tensor.ofFloats("y", Shape.of(1, IMAGE), image));
      case COUNT_RAW ->
          count(message().addRawInputContents(ByteString.copyFrom(new byte[IMAGE * 4])));
      case COUNT_TYPED -> count(typed(random));
    };
  }

  private static CodecCase read(DataType type, IntFunction<String> values) {
    List<String> texts = new ArrayList<>(IMAGE);
    for (int i = 0; i < IMAGE; i++) {
      texts.add(values.apply(i));
    }
    byte[] body = body(type, "\"data\":" + texts.toString().replace(" ", ""));
    return new CodecCase(
        () -> InferBodyReader.read("m", body, body.length, body.length, b -> true),
        () -> parse(body, type),
        IMAGE);
  }

  private static byte[] body(DataType type, String data) {
    return "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,%d],\"datatype\":\"%s\",%s}]}"
        .formatted(IMAGE, type, data)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static ByteBuffer parse(byte[] body, DataType type) throws IOException {
    ByteBuffer data =
        ByteBuffer.allocate(IMAGE * Math.max(16, type.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
    try (JsonParser parser = JACKSON.createParser(body)) {
      while (parser.nextToken() != null) {
        if ("data".equals(parser.currentName()) && parser.nextToken() == JsonToken.START_ARRAY) {
          parseValues(parser, type, data);
        }
      }
    }
    return data;
  }

  private static void parseValues(JsonParser parser, DataType type, ByteBuffer data)
      throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      switch (type) {
        case FP32 -> data.putFloat(parser.getFloatValue());
        case FP64 -> data.putDouble(parser.getDoubleValue());
        case UINT8 -> data.put((byte) parser.getIntValue());
        case INT64 -> data.putLong(parser.getLongValue());
        default -> {
          byte[] text = parser.getText().getBytes(StandardCharsets.UTF_8);
          data.putInt(text.length).put(text);
        }
      }
    }
  }

  private static CodecCase write(Tensor tensor) {
    InferenceResponse response = response(tensor);
    return new CodecCase(
        () -> InferAnswerWriter.write(response, Map.of(), OutputEncoding.JSON),
        () -> generate(tensor),
        (int) tensor.shape().elementCount());
  }

  private static InferenceResponse response(Tensor tensor) {
    return new InferenceResponse(
        "m",
        "1",
        "",
        Parameters.none(),
        List.of(tensor),
        Provenance.local(Route.EDGE, "", Timings.NONE));
  }

  private static byte[] generate(Tensor tensor) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    ByteBuffer data = tensor.data();
    try (JsonGenerator json = JACKSON.createGenerator(out)) {
      json.writeStartArray();
      while (data.hasRemaining()) {
        if (tensor.dataType() == DataType.FP32) {
          json.writeNumber(data.getFloat());
        } else {
          json.writeNumber(data.get() & 0xff);
        }
      }
      json.writeEndArray();
    }
    return out.toByteArray();
  }

  private static float[] softmax(SplittableRandom random) {
    double[] values = random.doubles(1000).map(v -> Math.exp(20 * v)).toArray();
    double sum = Arrays.stream(values).sum();
    float[] shares = new float[values.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (values[i] / sum);
    }
    return shares;
  }

  private static Tensor bytes(SplittableRandom random) {
    byte[] values = new byte[IMAGE];
    random.nextBytes(values);
    return Tensor.of("y", DataType.UINT8, Shape.of(1, IMAGE), ByteBuffer.wrap(values));
  }

  private static CodecCase binary(float[] image) {
    byte[] json = body(DataType.FP32, "\"parameters\":{\"binary_data_size\":" + IMAGE * 4 + "}");
    byte[] body = Arrays.copyOf(json, json.length + IMAGE * 4);
    Tensor tensor = Tensor.ofFloats("x", Shape.of(IMAGE), image);
    tensor.data().get(body, json.length, IMAGE * 4);
    return new CodecCase(
        () -> InferBodyReader.read("m", body, body.length, json.length, b -> true),
        () -> Arrays.copyOf(body, body.length),
        IMAGE);
  }

  private static CodecCase count(ModelInferRequest.Builder message) {
    byte[] text = message.build().toByteArray();
    return new CodecCase(
        () -> InferCost.of(text, text.length), () -> ModelInferRequest.parseFrom(text), IMAGE);
  }

  private static ModelInferRequest.Builder message() {
    return ModelInferRequest.newBuilder().setModelName("m").addInputs(input());
  }

  private static ModelInferRequest.Builder typed(SplittableRandom random) {
    InferTensorContents.Builder values = InferTensorContents.newBuilder();
    for (int i = 0; i < IMAGE; i++) {
      values.addIntContents(random.nextInt(256));
    }
    return ModelInferRequest.newBuilder().setModelName("m").addInputs(input().setContents(values));
  }

  private static InferInputTensor.Builder input() {
    return InferInputTensor.newBuilder().setName("x").addShape(1).addShape(IMAGE);
  }

  private static CodecCase writeBinary(Tensor tensor) {
    InferenceResponse response = response(tensor);
    byte[] bytes = new byte[tensor.byteSize()];
    return new CodecCase(
        () -> InferAnswerWriter.write(response, Map.of(), OutputEncoding.BINARY),
        () -> Arrays.copyOf(bytes, bytes.length),
        IMAGE);
  }
}
