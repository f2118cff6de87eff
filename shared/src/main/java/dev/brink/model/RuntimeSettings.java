package dev.brink.model;

import dev.brink.config.AutoInt;
import dev.brink.config.Default;
import java.util.List;
import java.util.Map;

/**
 * How a model is run.
 *
 * @param providers execution providers in order of preference, such as {@code cuda, cpu}; the first
 *     that this machine can do is used
 * @param providerOptions options of a provider, by its name
 * @param instances runs at the same time; {@code auto} measures
 * @param intraOpThreads threads within one run; {@code auto} measures
 * @param spinning whether those threads burn CPU while they wait for work
 * @param warmup whether a model is tried before it is said to be ready; one that is not, or cannot
 *     be, shares runs only where {@code batching.allow-dependent} says so
 * @param sampleShapes shapes of inputs for warm-up and measurement where the file leaves more open
 *     than the rows, such as {@code 1,512}; by input name
 */
public record RuntimeSettings(
    @Default("cpu") List<ExecutionProvider> providers,
    Map<String, Map<String, String>> providerOptions,
    @Default("auto") AutoInt instances,
    @Default("auto") AutoInt intraOpThreads,
    @Default("false") boolean spinning,
    @Default("true") boolean warmup,
    Map<String, String> sampleShapes) {

  public static final RuntimeSettings DEFAULT =
      new RuntimeSettings(
          List.of(ExecutionProvider.CPU),
          Map.of(),
          AutoInt.AUTO,
          AutoInt.AUTO,
          false,
          true,
          Map.of());

  public RuntimeSettings {
    providers = List.copyOf(providers);
    if (providers.isEmpty()) {
      throw new IllegalArgumentException("providers: [] (expected: at least one)");
    }
    providerOptions = Map.copyOf(providerOptions);
    sampleShapes = Map.copyOf(sampleShapes);
  }

  /** The same on {@code provider} alone. */
  public RuntimeSettings on(ExecutionProvider provider) {
    return new RuntimeSettings(
        List.of(provider),
        providerOptions,
        instances,
        intraOpThreads,
        spinning,
        warmup,
        sampleShapes);
  }
}
