package dev.brink.edge.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.brink.inference.DataType;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.oip.json.InferAnswerWriter;
import dev.brink.oip.json.InferBodyReader;
import dev.brink.oip.json.OutputEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What reading and writing tensors costs, with Jackson's streaming reader and writer beside it. */
@Command(
    name = "codec",
    description = "What reading and writing tensors costs, with Jackson beside it.",
    mixinStandardHelpOptions = true)
final class CodecBench implements Callable<Integer> {

  private static final int IMAGE = 3 * 224 * 224;
  private static final JsonFactory JACKSON = new JsonFactory();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Option(names = "--slices", description = "Measured slices of each kind; ${DEFAULT-VALUE}")
  private int slices = 15;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private long sink;

  @Override
  public Integer call() throws IOException {
    Table table =
        new Table("what", "brink CPU us", "jackson CPU us", "times faster", "brink ns/value");
    SplittableRandom random = new SplittableRandom(1);
    float[] image = new float[IMAGE];
    for (int i = 0; i < IMAGE; i++) {
      image[i] = (float) random.nextDouble(-2.2, 2.7);
    }
    read(table, "read FP32 image, 8 digits", DataType.FP32, i -> Float.toString(image[i]));
    read(table, "read FP32 image, 17 digits", DataType.FP32, i -> Double.toString(image[i]));
    read(table, "read FP64 image", DataType.FP64, i -> Double.toString(random.nextDouble()));
    read(table, "read UINT8 image", DataType.UINT8, i -> "" + random.nextInt(256));
    read(table, "read INT64", DataType.INT64, i -> "" + random.nextLong());
    read(table, "read BYTES of 8", DataType.BYTES, i -> "\"abcd" + (1000 + i % 9000) + "\"");
    write(table, "write FP32 image", Tensor.ofFloats("y", Shape.of(1, IMAGE), image));
    write(table, "write 1000 FP32", Tensor.ofFloats("y", Shape.of(1, 1000), softmax(random)));
    write(table, "write UINT8 image", bytes(random));
    binary(table);
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private void read(Table table, String what, DataType type, IntFunction<String> values) {
    List<String> texts = new ArrayList<>(IMAGE);
    for (int i = 0; i < IMAGE; i++) {
      texts.add(values.apply(i));
    }
    byte[] body = body(type, "\"data\":" + texts.toString().replace(" ", ""));
    double ours =
        measure(() -> InferBodyReader.read("m", body, body.length, body.length, b -> true));
    double jackson = measure(() -> parse(body, type));
    row(table, what, ours, jackson, IMAGE);
  }

  private static byte[] body(DataType type, String data) {
    return "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,%d],\"datatype\":\"%s\",%s}]}"
        .formatted(IMAGE, type, data)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** As a careful user of Jackson would: streaming, straight into the tensor's memory. */
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

  private void write(Table table, String what, Tensor tensor) {
    InferenceResponse response =
        new InferenceResponse(
            "m",
            "1",
            "",
            Parameters.none(),
            List.of(tensor),
            Provenance.local(Route.EDGE, "", Timings.NONE));
    double ours = measure(() -> InferAnswerWriter.write(response, Map.of(), OutputEncoding.JSON));
    double jackson = measure(() -> generate(tensor));
    row(table, what, ours, jackson, (int) tensor.shape().elementCount());
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

  /** Against a copy of the tensor's bytes. */
  private void binary(Table table) {
    byte[] json = body(DataType.FP32, "\"parameters\":{\"binary_data_size\":" + IMAGE * 4 + "}");
    byte[] body = Arrays.copyOf(json, json.length + IMAGE * 4);
    double ours =
        measure(() -> InferBodyReader.read("m", body, body.length, json.length, b -> true));
    double copy = measure(() -> Arrays.copyOf(body, body.length));
    table.add(
        "read FP32 image, binary (beside: a copy of it)",
        number(ours),
        number(copy),
        number(copy / ours),
        number(ours * 1000 / IMAGE));
  }

  private static void row(Table table, String what, double ours, double jackson, int values) {
    table.add(
        what, number(ours), number(jackson), number(jackson / ours), number(ours * 1000 / values));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
  }

  /**
   * CPU microseconds of one call: the median of slices of 50 ms, after a second of warm-up. CPU
   * time, so that whatever else the machine does counts as little as can be.
   */
  private double measure(Callable<?> work) {
    repeat(work, 1_000_000_000L);
    double[] results = new double[slices];
    for (int i = 0; i < slices; i++) {
      results[i] = repeat(work, 50_000_000L);
    }
    Arrays.sort(results);
    return results[slices / 2];
  }

  private double repeat(Callable<?> work, long nanos) {
    long start = THREADS.getCurrentThreadCpuTime();
    long count = 0;
    long now = start;
    while (now - start < nanos) {
      sink += call(work).hashCode() & 1;
      count++;
      now = THREADS.getCurrentThreadCpuTime();
    }
    return (now - start) / 1e3 / count;
  }

  private static Object call(Callable<?> work) {
    try {
      return work.call();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }
}
