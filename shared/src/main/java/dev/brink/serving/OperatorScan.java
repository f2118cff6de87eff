package dev.brink.serving;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Reads which operators an ONNX file uses, without reading its weights. */
final class OperatorScan {

  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_NODE = 1;
  private static final int NODE_OPERATOR = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_GRAPH = 6;
  private static final int ATTRIBUTE_GRAPHS = 11;

  private final Set<String> operators = new TreeSet<>();

  private OperatorScan() {}

  /** The operators of {@code file} and of the graphs within its graph. */
  static Set<String> of(Path file) throws IOException {
    OperatorScan scan = new OperatorScan();
    try (InputStream content = Files.newInputStream(file)) {
      CodedInputStream in = CodedInputStream.newInstance(content, 1 << 16);
      in.setSizeLimit(Integer.MAX_VALUE);
      scan.message(in, MODEL_GRAPH, -1, scan::graph);
    }
    return scan.operators;
  }

  private interface Reader {
    void read(CodedInputStream in) throws IOException;
  }

  private void graph(CodedInputStream in) throws IOException {
    message(in, GRAPH_NODE, -1, this::node);
  }

  private void node(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case NODE_OPERATOR -> operators.add(in.readString());
        case NODE_ATTRIBUTE ->
            nested(in, within -> message(within, ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS, this::graph));
        default -> in.skipField(tag);
      }
    }
  }

  private void message(CodedInputStream in, int field, int alternative, Reader reader)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      if (number == field || number == alternative) {
        nested(in, reader);
      } else {
        in.skipField(tag);
      }
    }
  }

  private static void nested(CodedInputStream in, Reader reader) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    reader.read(in);
    in.popLimit(outer);
  }
}
