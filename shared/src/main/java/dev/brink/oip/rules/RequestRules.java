package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold of every request, whatever model and transport it is for. */
public final class RequestRules {

  private static final int MAX_NAME = 1024;

  private RequestRules() {}

  /**
   * @throws InferenceException (invalid request) naming what is wrong
   */
  public static void check(InferenceRequest request) {
    checkModelName(request.modelName());
    checkVersion(request.modelVersion());
    ParameterRules.check(request.parameters());
    if (request.inputs().size() > 1) {
      Set<String> seen = new HashSet<>();
      request.inputs().forEach(input -> requireNew("input", input.name(), seen));
    }
    if (request.outputs().size() > 1) {
      Set<String> seen = new HashSet<>();
      request.outputs().forEach(output -> requireNew("output", output.name(), seen));
    }
  }

  /**
   * @throws InferenceException (invalid request) where {@code name} was seen already
   */
  public static void requireNew(String kind, String name, Set<String> seen) {
    if (!seen.add(name)) {
      throw InferenceError.invalid("%s '%s' already exists in request".formatted(kind, name));
    }
  }

  private static void checkModelName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw InferenceError.invalid(
          "model name has %d characters (expected: 1 to %d)".formatted(name.length(), MAX_NAME));
    }
  }

  /** Empty, or the decimal number of a version. */
  public static void checkVersion(String version) {
    if (version.isEmpty()) {
      return;
    }
    if (version.length() > 19 || !version.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw InferenceError.invalid(
          "failed to get model version from specified version string '%s' (details: not a number),"
                  .formatted(version.length() > 40 ? version.substring(0, 40) : version)
              + " version should be an integral value > 0");
    }
  }

  /**
   * A model's name as a repository may be told it.
   *
   * @throws InferenceException (invalid request) where it could lead out of the repository
   */
  public static void checkRepositoryName(String name) {
    boolean leadsOut =
        List.of(name.split("/", -1)).stream().map(String::strip).anyMatch(".."::equals);
    if (leadsOut || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0) {
      throw InferenceError.invalid("model name must not contain path traversal characters");
    }
    checkModelName(name);
  }
}
