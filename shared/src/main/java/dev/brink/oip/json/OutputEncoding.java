package dev.brink.oip.json;

import java.util.Map;

/**
 * Which outputs the caller wants binary.
 *
 * @param binary what holds for an output that is not among {@code exceptions}
 */
public record OutputEncoding(boolean binary, Map<String, Boolean> exceptions) {

  public static final OutputEncoding JSON = new OutputEncoding(false, Map.of());
  public static final OutputEncoding BINARY = new OutputEncoding(true, Map.of());

  public OutputEncoding {
    exceptions = Map.copyOf(exceptions);
  }

  boolean isBinary(String output) {
    return exceptions.getOrDefault(output, binary);
  }
}
