package dev.brink.edge.bench;

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

/** Writes ONNX models field by field: enough for the models that are measured with. */
final class OnnxWriter {

  static final int FLOAT = 1;
  static final int STRING = 8;

  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_WEIGHTS = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;
  private static final int ATTRIBUTE_STRINGS = 8;

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

  OnnxWriter node(String operator, List<String> inputs, String output, ByteString... attributes) {
    return graph(
        GRAPH_NODE,
        fields(
            out -> {
              for (String input : inputs) {
                out.writeString(1, input);
              }
              out.writeString(2, output);
              out.writeString(3, output);
              out.writeString(4, operator);
              for (ByteString attribute : attributes) {
                out.writeBytes(5, attribute);
              }
            }));
  }

  static ByteString ints(String name, long... values) {
    return attribute(
        name,
        ATTRIBUTE_INTS,
        out -> {
          for (long value : values) {
            out.writeInt64(8, value);
          }
        });
  }

  static ByteString number(String name, long value) {
    return attribute(name, ATTRIBUTE_INT, out -> out.writeInt64(3, value));
  }

  static ByteString text(String name, String value) {
    return attribute(name, 3, out -> out.writeString(4, value));
  }

  static ByteString texts(String name, List<String> values) {
    return attribute(
        name,
        ATTRIBUTE_STRINGS,
        out -> {
          for (String value : values) {
            out.writeString(9, value);
          }
        });
  }

  private static ByteString attribute(String name, int type, Fields value) {
    return fields(
        out -> {
          out.writeString(1, name);
          value.write(out);
          out.writeInt32(20, type);
        });
  }

  OnnxWriter weights(String name, float[] values, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return graph(
        GRAPH_WEIGHTS,
        fields(
            out -> {
              for (long size : shape) {
                out.writeInt64(1, size);
              }
              out.writeInt32(2, FLOAT);
              out.writeString(8, name);
              out.writeByteArray(9, raw.array());
            }));
  }

  OnnxWriter input(String name, int type, long... row) {
    return graph(GRAPH_INPUT, value(name, type, row));
  }

  OnnxWriter output(String name, int type, long... row) {
    return graph(GRAPH_OUTPUT, value(name, type, row));
  }

  /** With any number of rows. */
  private static ByteString value(String name, int type, long... row) {
    ByteString shape =
        fields(
            out -> {
              out.writeBytes(1, fields(rows -> rows.writeString(2, "N")));
              for (long size : row) {
                out.writeBytes(1, fields(dimension -> dimension.writeInt64(1, size)));
              }
            });
    ByteString tensor =
        fields(
            out -> {
              out.writeInt32(1, type);
              out.writeBytes(2, shape);
            });
    return fields(
        out -> {
          out.writeString(1, name);
          out.writeBytes(2, fields(typed -> typed.writeBytes(1, tensor)));
        });
  }

  private OnnxWriter graph(int field, ByteString content) {
    try {
      fields(out -> out.writeBytes(field, content)).writeTo(graph);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return this;
  }

  void write(Path file) throws IOException {
    ByteString content =
        fields(
            out -> {
              out.writeInt64(1, 8);
              graph.writeBytes(fields(named -> named.writeString(2, "bench")).toByteArray());
              out.writeByteArray(7, graph.toByteArray());
              out.writeBytes(8, fields(opset -> opset.writeInt64(2, 13)));
            });
    Files.createDirectories(file.getParent());
    Files.write(file, content.toByteArray());
  }

  private static ByteString fields(Fields fields) {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteString();
  }
}
