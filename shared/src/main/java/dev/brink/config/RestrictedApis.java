package dev.brink.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Parts of the protocol that only callers who know a secret may use.
 *
 * @param apis of health, metadata, inference, shared-memory, model-config, model-repository,
 *     statistics, trace and logging
 * @param header that carries the secret over HTTP; over gRPC, {@code triton-grpc-protocol-} stands
 *     before it
 * @param value the secret
 */
public record RestrictedApis(List<String> apis, String header, Secret value) {

  private static final Set<String> KNOWN =
      Set.of(
          "health",
          "metadata",
          "inference",
          "shared-memory",
          "model-config",
          "model-repository",
          "statistics",
          "trace",
          "logging");

  public RestrictedApis {
    apis = List.copyOf(apis);
    for (String api : apis) {
      if (!KNOWN.contains(api)) {
        throw new IllegalArgumentException(
            "apis: unknown restricted api '%s' (expected: %s)"
                .formatted(api, String.join(", ", KNOWN.stream().sorted().toList())));
      }
    }
    if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")) {
      throw new IllegalArgumentException("header: " + header + " (expected: a header's name)");
    }
  }

  static List<RestrictedApis> checked(List<RestrictedApis> groups) {
    Set<String> seen = new HashSet<>();
    for (RestrictedApis group : groups) {
      for (String api : group.apis()) {
        if (!seen.add(api)) {
          throw new IllegalArgumentException(
              "restricted: api '%s' can not be specified in multiple config groups".formatted(api));
        }
      }
    }
    return List.copyOf(groups);
  }
}
