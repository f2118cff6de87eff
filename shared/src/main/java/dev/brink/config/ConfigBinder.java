package dev.brink.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes a record of what is configured. A key is the component's name in kebab case; a section is a
 * record; a value is, weakest first, the component's {@link Default}, the file's, the environment's
 * ({@code BRINK_HTTP_PORT} for {@code http.port}) or an override's.
 *
 * <p>Components may be text, numbers, {@code boolean}, {@link java.time.Duration}, {@link
 * DataSize}, {@link Path}, {@link Secret}, {@link AutoInt}, enums, any type with a public static
 * {@code parse(String)}, and {@code Optional}, {@code List}, {@code Set} and {@code Map<String, T>}
 * of these and of records. A relative path in a file is meant from the file's folder. What a
 * compact constructor refuses with an {@link IllegalArgumentException} is a problem of the section.
 */
public final class ConfigBinder {

  private final Map<String, String> environment;
  private final List<String> overrides;

  /**
   * @param overrides each {@code key=value}; items of a list are separated by commas
   */
  public ConfigBinder(Map<String, String> environment, List<String> overrides) {
    this.environment = Map.copyOf(environment);
    this.overrides = List.copyOf(overrides);
  }

  /** The record with every value left out; it must have a default for each. */
  public static <T extends Record> T defaults(Class<T> type) {
    return bind(type, "", Path.of("").toAbsolutePath());
  }

  /**
   * Binds {@code yaml} (or JSON) alone, without environment and overrides.
   *
   * @param folder against which relative paths are meant
   * @throws ConfigException with everything that is wrong
   */
  public static <T extends Record> T bind(Class<T> type, String yaml, Path folder) {
    return new ConfigBinder(Map.of(), List.of()).read(type, yaml, folder);
  }

  /**
   * @throws ConfigException with everything that is wrong, an unreadable file among it
   */
  public <T extends Record> T read(Class<T> type, Path file) {
    try {
      return read(type, Files.readString(file), file.toAbsolutePath().getParent());
    } catch (NoSuchFileException absent) {
      throw unreadable("no such file: " + file);
    } catch (IOException unreadable) {
      throw unreadable("cannot read " + file + ": " + unreadable.getMessage());
    }
  }

  private static ConfigException unreadable(String message) {
    return new ConfigException(List.of(new Problem("", message, 0)));
  }

  private <T extends Record> T read(Class<T> type, String yaml, Path folder) {
    List<Problem> problems = new ArrayList<>();
    Overrides outside = new Overrides(environment, overrides, problems);
    RecordBinding binding = new RecordBinding(new ScalarTypes(environment), outside, problems);
    Object bound = binding.bindRecord(type, YamlReader.read(yaml, folder, problems), "");
    outside.reportUnused(binding.knownPaths(), problems);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return type.cast(bound);
  }
}
