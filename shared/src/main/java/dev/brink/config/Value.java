package dev.brink.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What was written for a key, before its type is known. The line is 0 outside a file. */
sealed interface Value {

  int line();

  /** Nothing, or an explicit {@code null}: the default holds. */
  record Absent(int line) implements Value {}

  /**
   * @param folder against which a relative path is meant
   */
  record Scalar(String text, Path folder, int line) implements Value {}

  record Items(List<Value> values, int line) implements Value {}

  record Entries(Map<String, Value> values, int line) implements Value {}
}
