package dev.brink.serving;

import dev.brink.model.ExecutionProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The library that brings an execution provider. ONNX Runtime only says that it could not load it,
 * and leaves the name of what was missing to its own log.
 */
final class ProviderLibrary {

  /** Where the launcher unpacks ONNX Runtime's libraries. */
  private static final String FOLDER = "onnxruntime.native.path";

  private ProviderLibrary() {}

  /** What the system says to {@code provider}'s library; empty where nothing is wrong with it. */
  static Optional<String> fault(ExecutionProvider provider) {
    return Optional.ofNullable(System.getProperty(FOLDER))
        .map(folder -> Path.of(folder, file(provider)))
        .filter(Files::isRegularFile)
        .flatMap(ProviderLibrary::fault);
  }

  private static String file(ExecutionProvider provider) {
    return System.mapLibraryName("onnxruntime_providers_" + provider.word());
  }

  static Optional<String> fault(Path library) {
    try {
      System.load(library.toAbsolutePath().toString());
      return Optional.empty();
    } catch (UnsatisfiedLinkError fault) {
      return Optional.of(fault.getMessage().replace(library.toAbsolutePath() + ": ", ""));
    }
  }
}
