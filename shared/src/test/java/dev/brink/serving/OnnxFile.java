package dev.brink.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes small ONNX models field by field, so that tests need no file and no other language. */
public final class OnnxFile {

  public static final int FLOAT = 1;
  public static final int INT64 = 7;
  public static final int STRING = 8;
  public static final int UINT32 = 12;

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private ByteString graph = ByteString.EMPTY;

  public static OnnxFile model() {
    return new OnnxFile();
  }

  /** {@code y = x} for rows of two values. */
  public static OnnxFile identity(int type) {
    return model().node("Identity", "y", "x").input("x", type, -1, 2).output("y", type, -1, 2);
  }

  /** {@code y = x * weights} for weights [inputs, outputs]. */
  public static OnnxFile matrix(int inputs, int outputs, float... weights) {
    return model()
        .node("MatMul", "y", "x", "w")
        .weights("w", inputs, outputs, weights)
        .input("x", FLOAT, -1, inputs)
        .output("y", FLOAT, -1, outputs);
  }

  /** {@code y = x}, quantized by a scale that is taken over the whole run. */
  public static OnnxFile dynamicallyQuantized() {
    return model()
        .node("DynamicQuantizeLinear", List.of("q", "scale", "zero"), "x")
        .node("DequantizeLinear", "y", "q", "scale", "zero")
        .input("x", FLOAT, -1, 2)
        .output("y", FLOAT, -1, 2);
  }

  public OnnxFile node(String operator, String output, String... inputs) {
    return node(operator, List.of(output), inputs);
  }

  public OnnxFile node(String operator, List<String> outputs, String... inputs) {
    return graph(
        1,
        fields(
            out -> {
              for (String input : inputs) {
                out.writeString(1, input);
              }
              for (String output : outputs) {
                out.writeString(2, output);
              }
              out.writeString(3, outputs.get(0));
              out.writeString(4, operator);
            }));
  }

  public OnnxFile weights(String name, int rows, int columns, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return graph(
        5,
        fields(
            out -> {
              out.writeInt64(1, rows);
              out.writeInt64(1, columns);
              out.writeInt32(2, FLOAT);
              out.writeString(8, name);
              out.writeByteArray(9, raw.array());
            }));
  }

  public OnnxFile input(String name, int type, long... shape) {
    return graph(11, value(name, type, shape));
  }

  public OnnxFile output(String name, int type, long... shape) {
    return graph(12, value(name, type, shape));
  }

  private static ByteString value(String name, int type, long... shape) {
    ByteString dimensions =
        fields(
            out -> {
              for (long size : shape) {
                out.writeBytes(
                    1,
                    fields(
                        dimension -> {
                          if (size >= 0) {
                            dimension.writeInt64(1, size);
                          }
                        }));
              }
            });
    ByteString tensor =
        fields(
            out -> {
              out.writeInt32(1, type);
              out.writeBytes(2, dimensions);
            });
    return fields(
        out -> {
          out.writeString(1, name);
          out.writeBytes(2, fields(typed -> typed.writeBytes(1, tensor)));
        });
  }

  private OnnxFile graph(int field, ByteString content) {
    graph = graph.concat(fields(out -> out.writeBytes(field, content)));
    return this;
  }

  public byte[] bytes() {
    return fields(
            out -> {
              out.writeInt64(1, 8);
              out.writeBytes(7, graph.concat(fields(named -> named.writeString(2, "test"))));
              out.writeBytes(8, fields(opset -> opset.writeInt64(2, 17)));
            })
        .toByteArray();
  }

  /** Writes this as version {@code version} of {@code name} below {@code root}. */
  public OnnxFile in(Path root, String name, int version) {
    Path folder = root.resolve(name).resolve(Integer.toString(version));
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve("model.onnx"), bytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return this;
  }

  private static ByteString fields(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }
}
