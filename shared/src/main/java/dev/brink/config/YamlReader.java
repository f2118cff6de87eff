package dev.brink.config;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * YAML (and so JSON) to values that are all text: the record says what a value is, so {@code no},
 * {@code 010} and {@code 1:30} never become something else on the way.
 */
final class YamlReader {

  private static final int MAX_DEPTH = 50;
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_VALUES = 100_000;

  private final Path folder;
  private final List<Problem> problems;
  private int values;

  private YamlReader(Path folder, List<Problem> problems) {
    this.folder = folder;
    this.problems = problems;
  }

  /**
   * @throws ConfigException where {@code text} is no YAML; a key given twice is only noted
   */
  static Value read(String text, Path folder, List<Problem> problems) {
    LoaderOptions limits = new LoaderOptions();
    limits.setNestingDepthLimit(MAX_DEPTH);
    limits.setCodePointLimit(MAX_CHARACTERS);
    try {
      Node root = new Yaml(limits).compose(new StringReader(text));
      return root == null
          ? new Value.Absent(0)
          : new YamlReader(folder, problems).convert("", root, 0);
    } catch (MarkedYAMLException malformed) {
      int line = malformed.getProblemMark() == null ? 0 : malformed.getProblemMark().getLine() + 1;
      throw malformed(malformed.getProblem(), line);
    } catch (YAMLException malformed) {
      throw malformed(malformed.getMessage(), 0);
    }
  }

  private static ConfigException malformed(String message, int line) {
    return new ConfigException(List.of(new Problem("", "not YAML: " + message, line)));
  }

  private Value convert(String path, Node node, int depth) {
    int line = node.getStartMark().getLine() + 1;
    // An anchor may name its own parent, or double a list ten times over.
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw new YAMLException("too deep or too many values at '" + path + "'");
    }
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar, line);
      case SequenceNode sequence -> items(path, sequence, line, depth);
      case MappingNode mapping -> entries(path, mapping, line, depth);
      default -> throw new YAMLException("unexpected " + node.getNodeId() + " at '" + path + "'");
    };
  }

  private Value scalar(ScalarNode scalar, int line) {
    String text = scalar.getValue();
    boolean plain = scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
    return plain && (text.isEmpty() || text.equals("~") || text.equals("null"))
        ? new Value.Absent(line)
        : new Value.Scalar(text, folder, line);
  }

  private Value items(String path, SequenceNode sequence, int line, int depth) {
    List<Value> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(convert(path + "[" + items.size() + "]", item, depth + 1));
    }
    return new Value.Items(items, line);
  }

  private Value entries(String path, MappingNode mapping, int line, int depth) {
    Map<String, Value> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new YAMLException("a key that is no text at '" + path + "'");
      }
      String keyPath = Keys.join(path, key.getValue());
      Value value = convert(keyPath, tuple.getValueNode(), depth + 1);
      if (entries.putIfAbsent(key.getValue(), value) != null) {
        int keyLine = key.getStartMark().getLine() + 1;
        problems.add(new Problem(keyPath, "given twice", keyLine));
      }
    }
    return new Value.Entries(entries, line);
  }
}
