package dev.brink.oip.rules;

import java.util.List;

/** The extensions of the protocol that this server honours: what it advertises, no more. */
public final class Extensions {

  private Extensions() {}

  public static List<String> names() {
    return List.of(
        "classification",
        "sequence",
        "sequence(string_id)",
        "schedule_policy",
        "model_configuration",
        "model_repository",
        "binary_tensor_data",
        "parameters",
        "statistics",
        "logging",
        "generate");
  }
}
