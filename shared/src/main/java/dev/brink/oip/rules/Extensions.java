package dev.brink.oip.rules;

import java.util.ArrayList;
import java.util.List;

/** The extensions of the protocol that this server honours: what it advertises, no more. */
public final class Extensions {

  private Extensions() {}

  public static List<String> of(OipSettings settings) {
    List<String> names =
        new ArrayList<>(
            List.of(
                "classification",
                "model_configuration",
                "binary_tensor_data",
                "parameters",
                "statistics",
                "model_repository",
                "generate",
                "logging"));
    return List.copyOf(names);
  }
}
