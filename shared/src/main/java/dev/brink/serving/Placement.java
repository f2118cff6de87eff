package dev.brink.serving;

import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import java.util.Map;

/**
 * What a session runs on.
 *
 * @param device its number where the provider has devices, else 0
 */
record Placement(ExecutionProvider provider, int device) {

  static final Placement CPU = new Placement(ExecutionProvider.CPU, 0);

  /**
   * @param options the provider's
   * @throws IllegalArgumentException where they name a device that cannot be
   */
  static Placement of(ExecutionProvider provider, Map<String, String> options) {
    return new Placement(provider, provider.hasDevices() ? device(options) : 0);
  }

  private static int device(Map<String, String> options) {
    String named = options.getOrDefault(RuntimeSettings.DEVICE_ID, "0");
    if (!named.matches("\\d{1,4}")) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a number from 0 on)".formatted(RuntimeSettings.DEVICE_ID, named));
    }
    return Integer.parseInt(named);
  }

  /** The word in metadata: {@code cuda:0}. */
  String word() {
    return provider.hasDevices() ? provider.word() + ":" + device : provider.word();
  }
}
