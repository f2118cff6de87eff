package dev.brink.edge.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What gzip makes of bodies as models take them, and on which lines it pays: below the speed at
 * which the bytes that are saved take as long as the CPU time that is spent.
 */
@Command(
    name = "compression",
    description = "What gzip saves and costs on kinds of requests, and on which lines it pays.",
    mixinStandardHelpOptions = true)
final class CompressionBench implements Callable<Integer> {

  private static final int ROUNDS = 41;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private record Body(String kind, byte[] bytes) {}

  @Override
  public Integer call() {
    Table table =
        new Table("body", "KiB", "level", "left", "pack us", "unpack us", "pays below Mbit/s");
    bodies().forEach((kind, bytes) -> rows(table, new Body(kind, bytes)));
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private static Map<String, byte[]> bodies() {
    Random random = new Random(7);
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    bodies.put("a sentence", text(random, 12));
    bodies.put("a page of text", text(random, 700));
    bodies.put("512 token ids, INT64", tokens(random, 512));
    bodies.put("sparse FP32, 5 % set", floats(random, 150_528, 0.05));
    bodies.put("dense FP32", floats(random, 150_528, 1));
    bodies.put("a picture, UINT8", picture(random));
    return bodies;
  }

  private static byte[] text(Random random, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(ServeModels.word((int) Math.abs(random.nextGaussian() * 400))).append(' ');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] tokens(Random random, int count) {
    ByteBuffer raw = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      raw.putLong(i < count * 2 / 3 ? (long) Math.abs(random.nextGaussian() * 5000) : 0);
    }
    return raw.array();
  }

  private static byte[] floats(Random random, int count, double share) {
    ByteBuffer raw = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      raw.putFloat(random.nextDouble() < share ? (float) random.nextGaussian() : 0);
    }
    return raw.array();
  }

  /** Smooth light with a sensor's noise. */
  private static byte[] picture(Random random) {
    byte[] pixels = new byte[3 * 224 * 224];
    for (int i = 0; i < pixels.length; i++) {
      double light = 128 + 80 * Math.sin(i % 224 / 40.0) * Math.cos(i / 224 / 50.0);
      pixels[i] = (byte) Math.round(light + 2 * random.nextGaussian());
    }
    return pixels;
  }

  private static void rows(Table table, Body body) {
    for (int level : new int[] {1, 6}) {
      byte[] packed = pack(body.bytes(), level);
      double pack = micros(() -> pack(body.bytes(), level));
      double unpack = micros(() -> unpack(packed));
      double saved = body.bytes().length - packed.length;
      table.add(
          body.kind(),
          number(body.bytes().length / 1024.0),
          "" + level,
          number(100.0 * packed.length / body.bytes().length) + " %",
          number(pack),
          number(unpack),
          saved <= 0 ? "never" : number(saved * 8 / (pack + unpack)));
    }
  }

  /** CPU time of this thread, the median of some rounds after as many to warm up. */
  private static double micros(Runnable work) {
    double[] micros = new double[ROUNDS];
    for (int i = -ROUNDS; i < ROUNDS; i++) {
      long begun = CPU.getCurrentThreadCpuTime();
      work.run();
      if (i >= 0) {
        micros[i] = (CPU.getCurrentThreadCpuTime() - begun) / 1000.0;
      }
    }
    Arrays.sort(micros);
    return micros[ROUNDS / 2];
  }

  private static byte[] pack(byte[] bytes, int level) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(bytes.length / 2 + 64);
    try (OutputStream gzip = new Gzip(packed, level)) {
      gzip.write(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }

  private static void unpack(byte[] packed) {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      gzip.transferTo(OutputStream.nullOutputStream());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static final class Gzip extends GZIPOutputStream {

    private Gzip(ByteArrayOutputStream out, int level) throws IOException {
      super(out, 8192);
      def.setLevel(level);
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }
}
