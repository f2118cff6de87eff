package dev.brink.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node is started with.
 *
 * @param overrides {@code key=value}
 */
record NodeArguments(Path config, List<String> overrides, boolean help, boolean watchParent) {

  /**
   * @throws IllegalArgumentException where an argument is not known or incomplete
   */
  static NodeArguments parse(String[] arguments) {
    Path config = null;
    List<String> overrides = new ArrayList<>();
    boolean help = false;
    boolean watchParent = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--config" -> config = Path.of(value(arguments, ++i));
        case "--set" -> overrides.add(value(arguments, ++i));
        case "--watch-parent" -> watchParent = true;
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("unknown argument " + arguments[i]);
      }
    }
    if (config == null && !help) {
      throw new IllegalArgumentException("--config is missing (expected: --config FILE)");
    }
    return new NodeArguments(config, List.copyOf(overrides), help, watchParent);
  }

  private static String value(String[] arguments, int index) {
    if (index == arguments.length) {
      throw new IllegalArgumentException("no value after " + arguments[index - 1]);
    }
    return arguments[index];
  }
}
