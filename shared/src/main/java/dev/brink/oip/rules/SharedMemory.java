package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;

/**
 * The shared memory extensions, which a node has not: its callers are on other machines. Many
 * clients unregister whatever may be registered before they start, so that is answered: nothing is.
 */
public final class SharedMemory {

  private SharedMemory() {}

  /**
   * @throws InferenceException (not found) where one region is asked for
   */
  public static void requireNoRegion(String kind, String region) {
    if (!region.isEmpty()) {
      throw new InferenceError.NotFound(
              "Unable to find %s shared memory region: '%s'".formatted(kind, region))
          .asException();
    }
  }

  public static InferenceException unsupported() {
    return new InferenceError.Unsupported("shared memory is not supported: send the tensor's bytes")
        .asException();
  }
}
