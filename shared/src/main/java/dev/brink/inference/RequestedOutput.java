package dev.brink.inference;

/**
 * An output the caller asked for.
 *
 * @param classification number of top classes wanted instead of the values; 0 for the values
 *     themselves
 */
public record RequestedOutput(String name, int classification) {

  public static RequestedOutput of(String name) {
    return new RequestedOutput(name, 0);
  }
}
