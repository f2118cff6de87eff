package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens models on the first execution provider of their list that this machine can do. */
final class SessionFactory {

  private static final Logger LOG = LoggerFactory.getLogger(SessionFactory.class);

  private final Set<ExecutionProvider> reported = ConcurrentHashMap.newKeySet();
  private final boolean keepsOptimized;

  /**
   * @param keepsOptimized whether optimised graphs are kept beside the models
   */
  SessionFactory(boolean keepsOptimized) {
    this.keepsOptimized = keepsOptimized;
  }

  /**
   * @throws ModelLoadException where the file is bad, or where no provider of the list is there
   */
  OrtModel open(Path file, RuntimeSettings settings, int intraOpThreads) throws ModelLoadException {
    List<ExecutionProvider> left = new ArrayList<>(settings.providers());
    List<String> missing = new ArrayList<>();
    while (!left.isEmpty()) {
      ExecutionProvider preferred = left.get(0);
      try {
        return open(file, settings, intraOpThreads, left);
      } catch (OrtException refused) {
        if (preferred == ExecutionProvider.CPU) {
          throw new ModelLoadException(OrtMessages.plain(refused), refused);
        }
        missing.add(preferred.word() + ": " + OrtMessages.plain(refused));
        report(preferred, refused);
        left.remove(0);
      }
    }
    throw new ModelLoadException("no execution provider: " + String.join("; ", missing));
  }

  private void report(ExecutionProvider provider, OrtException refused) {
    if (reported.add(provider)) {
      LOG.warn(
          "execution provider missing provider={} error={}",
          provider.word(),
          OrtMessages.plain(refused));
    }
  }

  /** With the first of {@code providers} for certain, and the rest as far as they are there. */
  private OrtModel open(
      Path file, RuntimeSettings settings, int intraOpThreads, List<ExecutionProvider> providers)
      throws OrtException, ModelLoadException {
    try (OrtSession.SessionOptions options = SessionOptions.of(settings, intraOpThreads)) {
      SessionOptions.add(options, providers.get(0), options(settings, providers.get(0)));
      for (ExecutionProvider provider : providers.subList(1, providers.size())) {
        try {
          SessionOptions.add(options, provider, options(settings, provider));
        } catch (OrtException refused) {
          report(provider, refused);
        }
      }
      boolean portable = providers.get(0) == ExecutionProvider.CPU;
      return keepsOptimized && portable
          ? OptimizedGraph.of(file).open(options, providers.get(0))
          : OrtModel.open(file, options, providers.get(0));
    }
  }

  private static Map<String, String> options(RuntimeSettings settings, ExecutionProvider provider) {
    return settings.providerOptions().getOrDefault(provider.word(), Map.of());
  }
}
