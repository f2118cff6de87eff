package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.model.ModelCatalog;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The repository extension: what a client may have loaded and unloaded. */
public final class RepositoryRules {

  private static final String CONFIG = "config";
  private static final String FILE = "file:";

  private final ModelCatalog catalog;
  private final boolean allowed;

  public RepositoryRules(ModelCatalog catalog, OipSettings settings) {
    this.catalog = catalog;
    this.allowed = settings.modelControl();
  }

  /**
   * Loads {@code model}.
   *
   * @param parameters {@code config} to text, {@code file:<version>/<name>} to bytes
   */
  public Future<Void> load(String model, Map<String, Object> parameters) {
    try {
      requireAllowed();
      RequestRules.checkRepositoryName(model);
      Map<String, byte[]> files = files(model, parameters);
      Optional<String> config =
          Optional.ofNullable((String) parameters.get(CONFIG))
              .map(text -> TritonConfig.toYaml(model, text));
      if (!files.isEmpty() && config.isEmpty()) {
        throw InferenceError.invalid(
            "failed to load '%s', override model directory requires 'config' parameter beside 'file:'"
                .formatted(model));
      }
      return catalog.load(model, config, files);
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
  }

  /** Unloads {@code model}; the other models never depend on it. */
  public Future<Void> unload(String model) {
    try {
      requireAllowed();
      RequestRules.checkRepositoryName(model);
      return catalog.unload(model);
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
  }

  /**
   * @throws InferenceException (unsupported) where a repository is named
   */
  public static void requireNoRepository(String repository) {
    if (!repository.isEmpty()) {
      throw new InferenceError.Unsupported("'repository_name' specification is not supported")
          .asException();
    }
  }

  /**
   * @throws InferenceException (invalid request) where there is no such parameter of a load
   */
  public static void requireKnown(String parameter) {
    if (!parameter.equals(CONFIG) && !isFile(parameter)) {
      throw InferenceError.invalid(
          "unrecognized load parameter '%s' (expected: config or file:<version>/<name>)"
              .formatted(parameter));
    }
  }

  public static boolean isFile(String parameter) {
    return parameter.startsWith(FILE);
  }

  private void requireAllowed() {
    if (!allowed) {
      throw new InferenceError.Unavailable(
              "explicit model load / unload is not allowed if polling is enabled",
              Duration.ofMinutes(1))
          .asException();
    }
  }

  private static Map<String, byte[]> files(String model, Map<String, Object> parameters) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    parameters.forEach(
        (name, value) -> {
          if (isFile(name)) {
            files.put(checkedPath(model, name.substring(FILE.length())), (byte[]) value);
          }
        });
    return files;
  }

  private static String checkedPath(String model, String path) {
    boolean plain = path.matches("[0-9]{1,18}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}");
    if (!plain) {
      throw InferenceError.invalid(
          "failed to load '%s', failed to poll from model repository: 'file:%s' is no file of a version (expected: file:<version>/<name>)"
              .formatted(model, path.length() > 80 ? path.substring(0, 80) + "..." : path));
    }
    return path;
  }
}
