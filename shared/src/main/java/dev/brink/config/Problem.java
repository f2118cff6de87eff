package dev.brink.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;

/**
 * One thing wrong with a configuration.
 *
 * @param path of the key, such as {@code http.port}; empty for the file as a whole
 * @param message what was found and what was expected
 * @param line in the file, from 1; 0 where it stands in none
 */
public record Problem(String path, String message, int line) {

  /** A record's own refusal; one that begins with a key of the record is that key's problem. */
  static Problem of(Class<?> type, String path, String message, int line) {
    String text = String.valueOf(message);
    for (RecordComponent component : type.getRecordComponents()) {
      String key = Keys.kebab(component.getName());
      if (text.startsWith(key + ": ")) {
        return new Problem(Keys.join(path, key), text.substring(key.length() + 2), line);
      }
    }
    return new Problem(path, text, line);
  }

  /** In the words of compilers: file, line, what is wrong there. */
  public String in(Path file) {
    return file + (line == 0 ? ": " : ":" + line + ": ") + this;
  }

  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
