package dev.brink.config;

import java.nio.file.Path;
import java.util.List;

/**
 * The model repository.
 *
 * @param path the folder with one folder per model
 * @param required models without which the node is not ready; others are served when they can be
 * @param watch whether changes in the folder are taken over by themselves
 * @param optimized whether optimised graphs are kept beside the models, so that the next start is
 *     quicker
 * @param control whether callers may load and unload models: {@code off}, {@code on}, or {@code
 *     loopback}: only while {@code http.host} and {@code grpc.host} are loopback addresses
 */
public record ModelsSection(
    @Default("models") Path path,
    @Default("") List<String> required,
    @Default("true") boolean watch,
    @Default("false") boolean optimized,
    @Default("loopback") ModelControl control) {

  public ModelsSection {
    required = List.copyOf(required);
  }

  /** A folder with everything else at its default. */
  public static ModelsSection of(Path path) {
    return new ModelsSection(path, List.of(), true, false, ModelControl.LOOPBACK);
  }
}
