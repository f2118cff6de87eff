package dev.brink.edge.bench;

import static dev.brink.edge.bench.OnnxWriter.FLOAT;
import static dev.brink.edge.bench.OnnxWriter.ints;
import static dev.brink.edge.bench.OnnxWriter.number;
import static dev.brink.edge.bench.OnnxWriter.text;
import static dev.brink.edge.bench.OnnxWriter.texts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The three models that serving is measured with. <em>tiny</em>: a perceptron 512-256-150;
 * <em>medium</em>: a MobileNet of half width, 3x224x224 to 1000; <em>text</em>: 16 words to counts
 * of 5000 to 150. Weights are random and always the same.
 */
final class ServeModels {

  private static final int WORDS = 5000;

  private final Random random = new Random(7);

  /** Writes {@code <name>/1/model.onnx} of all three. */
  static void write(Path root) throws IOException {
    ServeModels models = new ServeModels();
    models.tiny().write(root.resolve("tiny/1/model.onnx"));
    models.medium().write(root.resolve("medium/1/model.onnx"));
    models.words().write(root.resolve("text/1/model.onnx"));
  }

  /** The tiny model under another name. */
  static void writeTiny(Path root, String name) throws IOException {
    new ServeModels().tiny().write(root.resolve(name).resolve("1/model.onnx"));
  }

  static void copy(Path file, Path root, String name) throws IOException {
    Path folder = root.resolve(name).resolve("1");
    Files.createDirectories(folder);
    Files.copy(file, folder.resolve("model.onnx"));
  }

  /** Has {@code name} never share a run. */
  static void alone(Path root, String name) throws IOException {
    Files.writeString(
        root.resolve(name).resolve("model.yaml"),
        "batching: { enabled: false, max-queue: 1024 }\n");
  }

  private OnnxWriter tiny() {
    return dense(new OnnxWriter(), "x", "h", 512, 256)
        .node("Relu", List.of("h"), "r")
        .node("Gemm", List.of("r", "w2", "b2"), "l")
        .weights("w2", normal(256 * 150, 256), 256, 150)
        .weights("b2", new float[150], 150)
        .node("Softmax", List.of("l"), "y", number("axis", 1))
        .input("x", FLOAT, 512)
        .output("y", FLOAT, 150);
  }

  private OnnxWriter dense(OnnxWriter model, String input, String output, int from, int to) {
    return model
        .node("Gemm", List.of(input, output + "w", output + "b"), output)
        .weights(output + "w", normal(from * to, from), from, to)
        .weights(output + "b", new float[to], to);
  }

  private OnnxWriter medium() {
    OnnxWriter model = new OnnxWriter().input("x", FLOAT, 3, 224, 224).output("y", FLOAT, 1000);
    String last = convolution(model, "x", "c0", 3, 16, 3, 2, 1);
    int channels = 16;
    int[][] blocks = {
      {32, 1}, {64, 2}, {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {256, 1}, {256, 1},
      {256, 1}, {256, 1}, {512, 2}, {512, 1}
    };
    for (int i = 0; i < blocks.length; i++) {
      String deep =
          convolution(model, last, "d" + i, channels, channels, 3, blocks[i][1], channels);
      last = convolution(model, deep, "p" + i, channels, blocks[i][0], 1, 1, 1);
      channels = blocks[i][0];
    }
    model
        .node("GlobalAveragePool", List.of(last), "pool")
        .node("Flatten", List.of("pool"), "flat", number("axis", 1));
    return dense(model, "flat", "y", channels, 1000);
  }

  private String convolution(
      OnnxWriter model,
      String x,
      String name,
      int from,
      int to,
      int kernel,
      int stride,
      int group) {
    int pad = kernel / 2;
    int inputs = from / group * kernel * kernel;
    model
        .node(
            "Conv",
            List.of(x, name + "w", name + "b"),
            name,
            ints("kernel_shape", kernel, kernel),
            ints("strides", stride, stride),
            ints("pads", pad, pad, pad, pad),
            number("group", group))
        .weights(name + "w", normal(to * inputs, inputs / 2.0), to, from / group, kernel, kernel)
        .weights(name + "b", new float[to], to)
        .node("Relu", List.of(name), name + "r");
    return name + "r";
  }

  private OnnxWriter words() {
    List<String> words = IntStream.range(0, WORDS).mapToObj(ServeModels::word).toList();
    OnnxWriter model =
        new OnnxWriter()
            .node(
                "TfIdfVectorizer",
                List.of("t"),
                "counts",
                text("mode", "TF"),
                number("min_gram_length", 1),
                number("max_gram_length", 1),
                number("max_skip_count", 0),
                ints("ngram_counts", 0),
                ints("ngram_indexes", IntStream.range(0, WORDS).asLongStream().toArray()),
                texts("pool_strings", words));
    return dense(model, "counts", "y", WORDS, 150)
        .input("t", OnnxWriter.STRING, 16)
        .output("y", FLOAT, 150);
  }

  /** The values of one row of {@code count} inputs. */
  static float[] row(int count) {
    Random values = new Random(11);
    float[] row = new float[count];
    for (int i = 0; i < count; i++) {
      row[i] = Math.round(values.nextFloat() * 1e6f) / 1e6f;
    }
    return row;
  }

  static String word(int number) {
    return "w%04d".formatted(number % WORDS);
  }

  private float[] normal(int count, double inputs) {
    float[] values = new float[count];
    double scale = 1 / Math.sqrt(inputs);
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }
}
