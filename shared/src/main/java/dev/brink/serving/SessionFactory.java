package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Opens models on the first execution provider of their list that this machine can do. */
final class SessionFactory implements SessionOpener {

  private static final Pattern WRONG_OPTION =
      Pattern.compile("(Unknown|parse) provider option:? \"");

  private final ProviderReport report;
  private final boolean keepsOptimized;

  /**
   * @param keepsOptimized whether optimised graphs are kept beside the models
   */
  SessionFactory(boolean keepsOptimized) {
    this(keepsOptimized, new ProviderReport());
  }

  private SessionFactory(boolean keepsOptimized, ProviderReport report) {
    this.keepsOptimized = keepsOptimized;
    this.report = report;
  }

  @Override
  public SessionOpener literally() {
    return new SessionFactory(false, report);
  }

  @Override
  public OrtModel open(Path file, RuntimeSettings settings, int intraOpThreads)
      throws ModelLoadException {
    List<ExecutionProvider> left = new ArrayList<>(settings.providers());
    List<Refusal> refusals = new ArrayList<>();
    while (!left.isEmpty()) {
      try {
        OrtModel model = open(file, settings, intraOpThreads, left);
        refusals.forEach(report::missing);
        return model;
      } catch (OrtException refused) {
        if (left.get(0) == ExecutionProvider.CPU) {
          throw new ModelLoadException(OrtMessages.plain(refused), refused);
        }
        requireOptions(left.get(0), refused);
        refusals.add(Refusal.of(left.remove(0), refused));
      }
    }
    throw new ModelLoadException(
        "no execution provider: "
            + refusals.stream().map(Refusal::toString).collect(Collectors.joining("; ")));
  }

  /** With the first of {@code providers} for certain, and the rest as far as they are there. */
  private OrtModel open(
      Path file, RuntimeSettings settings, int intraOpThreads, List<ExecutionProvider> providers)
      throws OrtException, ModelLoadException {
    try (OrtSession.SessionOptions options = SessionOptions.of(settings, intraOpThreads)) {
      Placement place = add(options, settings, providers.get(0));
      for (ExecutionProvider provider : providers.subList(1, providers.size())) {
        try {
          add(options, settings, provider);
        } catch (OrtException refused) {
          report.missing(Refusal.of(provider, refused));
        }
      }
      boolean portable = place.provider() == ExecutionProvider.CPU;
      OrtModel model =
          keepsOptimized && portable
              ? OptimizedGraph.of(file).open(options, place)
              : OrtModel.open(file, options, place);
      return model.withArena(CpuOptions.of(settings).arena());
    }
  }

  /** An option that there is not is no reason to go on without the provider. */
  static void requireOptions(ExecutionProvider provider, OrtException refused)
      throws ModelLoadException {
    String reason = OrtMessages.plain(refused);
    if (WRONG_OPTION.matcher(reason).find()) {
      throw new ModelLoadException(
          "model.yaml: runtime.provider-options.%s: %s".formatted(provider.word(), reason),
          refused);
    }
  }

  private static Placement add(
      OrtSession.SessionOptions options, RuntimeSettings settings, ExecutionProvider provider)
      throws OrtException, ModelLoadException {
    Map<String, String> own = settings.providerOptions().getOrDefault(provider.word(), Map.of());
    try {
      Placement place = Placement.of(provider, own);
      SessionOptions.add(options, place, own);
      return place;
    } catch (IllegalArgumentException wrong) {
      throw new ModelLoadException(
          "runtime.provider-options.%s.%s".formatted(provider.word(), wrong.getMessage()), wrong);
    }
  }
}
