package dev.brink.edge.bench;

import static dev.brink.edge.bench.OnnxWriter.FLOAT;
import static dev.brink.edge.bench.OnnxWriter.ints;
import static dev.brink.edge.bench.OnnxWriter.number;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Models whose requests are large and whose answers are dear. <em>known</em> is cheap at the edge,
 * where all of its answers are hard, and dear in the cloud; <em>far</em> is only in the cloud.
 */
final class FloodModels {

  private static final int CHANNELS = 32;
  private static final int LAYERS = 24;
  private static final int CLASSES = 10;

  private final Random random = new Random(7);

  static void write(Path edge, Path cloud) throws IOException {
    FloodModels models = new FloodModels();
    models.cheap().write(edge.resolve("known/1/model.onnx"));
    Files.writeString(
        edge.resolve("known/model.yaml"),
        "cascade: { output: y, signal: max-probability, threshold: 1.0 }\n");
    models.dear().write(cloud.resolve("known/1/model.onnx"));
    models.dear().write(cloud.resolve("far/1/model.onnx"));
  }

  private OnnxWriter cheap() {
    return classes(new OnnxWriter().input("x", FLOAT, 3, 224, 224), "x", 3);
  }

  private OnnxWriter dear() {
    OnnxWriter model = new OnnxWriter().input("x", FLOAT, 3, 224, 224);
    String last = convolution(model, "x", "c0", 3, 7, 2);
    for (int layer = 1; layer <= LAYERS; layer++) {
      last = convolution(model, last, "c" + layer, CHANNELS, 3, 1);
    }
    return classes(model, last, CHANNELS);
  }

  private String convolution(
      OnnxWriter model, String x, String name, int from, int kernel, int stride) {
    int pad = kernel / 2;
    int inputs = from * kernel * kernel;
    model
        .node(
            "Conv",
            List.of(x, name + "w"),
            name,
            ints("kernel_shape", kernel, kernel),
            ints("strides", stride, stride),
            ints("pads", pad, pad, pad, pad))
        .weights(
            name + "w", normal(CHANNELS * inputs, inputs / 2.0), CHANNELS, from, kernel, kernel)
        .node("Relu", List.of(name), name + "r");
    return name + "r";
  }

  private OnnxWriter classes(OnnxWriter model, String x, int channels) {
    return model
        .node("GlobalAveragePool", List.of(x), "pool")
        .node("Flatten", List.of("pool"), "flat", number("axis", 1))
        .node("Gemm", List.of("flat", "w", "b"), "l")
        .weights("w", normal(channels * CLASSES, channels), channels, CLASSES)
        .weights("b", new float[CLASSES], CLASSES)
        .node("Softmax", List.of("l"), "y", number("axis", 1))
        .output("y", FLOAT, CLASSES);
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
