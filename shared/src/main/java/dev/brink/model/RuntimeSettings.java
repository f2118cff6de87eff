package dev.brink.model;

import dev.brink.config.AutoInt;
import dev.brink.config.Default;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model is run.
 *
 * @param providers execution providers in order of preference, such as {@code cuda, cpu}; the first
 *     that this machine can do is used, and nothing comes after {@code cpu}, which every machine
 *     can
 * @param providerOptions options of a provider, by its name
 * @param devices numbers of the accelerator's devices to run on, each with a session of its own;
 *     empty for the one that the provider's options name, or else the first
 * @param instances runs at the same time; {@code auto}: the cores divided by the threads of a run,
 *     on accelerators with devices two for each
 * @param intraOpThreads threads within one run; {@code auto}: 1, or more on the CPU where a run is
 *     long and measurement at load says that they share it well
 * @param spinning whether those threads burn CPU while they wait for work; never found out by
 *     measuring, since what it costs falls on whatever else the machine does
 * @param warmup whether a model is tried before it is said to be ready; one that is not, or cannot
 *     be, shares runs only where {@code batching.allow-dependent} says so
 * @param sampleShapes shapes of inputs for warm-up and measurement where the file leaves more open
 *     than the rows, such as {@code 1,512}; by input name
 */
public record RuntimeSettings(
    @Default("cpu") List<ExecutionProvider> providers,
    Map<String, Map<String, String>> providerOptions,
    @Default("") List<Integer> devices,
    @Default("auto") AutoInt instances,
    @Default("auto") AutoInt intraOpThreads,
    @Default("false") boolean spinning,
    @Default("true") boolean warmup,
    Map<String, SampleShape> sampleShapes) {

  /** The option of a provider that names the device to run on. */
  public static final String DEVICE_ID = "device_id";

  /** Options of the CPU, each 0 or 1: whether what runs work in is kept for the next run. */
  public static final String CPU_ARENA = "enable_cpu_mem_arena";

  /** Whether the memory of a run is planned from that of the run of equal shapes before. */
  public static final String CPU_MEM_PATTERN = "enable_mem_pattern";

  /** Whether numbers too small to be held in full count as 0, which is quicker. */
  public static final String CPU_DENORMAL_AS_ZERO = "set_denormal_as_zero";

  /** Whether weights are left as they are in the file: slower, in less memory. */
  public static final String CPU_DISABLE_PREPACKING = "disable_prepacking";

  public static final RuntimeSettings DEFAULT =
      new RuntimeSettings(
          List.of(ExecutionProvider.CPU),
          Map.of(),
          List.of(),
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
    requireOrder(providers);
    providerOptions = Map.copyOf(providerOptions);
    ProviderOptions.require(providerOptions);
    devices = List.copyOf(devices);
    requireDevices(devices, providerOptions);
    sampleShapes = Map.copyOf(sampleShapes);
  }

  private static void requireOrder(List<ExecutionProvider> providers) {
    int cpu = providers.indexOf(ExecutionProvider.CPU);
    boolean behindCpu = cpu >= 0 && cpu < providers.size() - 1;
    if (behindCpu || new HashSet<>(providers).size() < providers.size()) {
      throw new IllegalArgumentException(
          "providers: %s (expected: different ones, and cpu the last if at all)"
              .formatted(providers.stream().map(ExecutionProvider::word).toList()));
    }
  }

  private static void requireDevices(
      List<Integer> devices, Map<String, Map<String, String>> options) {
    boolean valid = devices.stream().allMatch(device -> device >= 0);
    if (!valid || new HashSet<>(devices).size() < devices.size()) {
      throw new IllegalArgumentException(
          "devices: %s (expected: different numbers from 0 on)".formatted(devices));
    }
    if (!devices.isEmpty() && options.values().stream().anyMatch(o -> o.containsKey(DEVICE_ID))) {
      throw new IllegalArgumentException(
          "devices: %s (expected: none, as provider-options name a %s)"
              .formatted(devices, DEVICE_ID));
    }
  }

  /**
   * The same without the providers that are preferred to {@code provider}, which need not be among
   * them, and without falling back to the CPU.
   */
  public RuntimeSettings from(ExecutionProvider provider) {
    int index = providers.indexOf(provider);
    if (index < 0 || provider == ExecutionProvider.CPU) {
      return on(List.of(provider));
    }
    return on(
        providers.stream().skip(index).filter(other -> other != ExecutionProvider.CPU).toList());
  }

  /**
   * The same on those providers alone that have devices and that {@code provider} is not preferred
   * to; empty where there are none.
   */
  public Optional<RuntimeSettings> withDevicesUpTo(ExecutionProvider provider) {
    List<ExecutionProvider> preferred =
        providers.stream()
            .limit(providers.indexOf(provider) + 1L)
            .filter(ExecutionProvider::hasDevices)
            .toList();
    return preferred.isEmpty() ? Optional.empty() : Optional.of(on(preferred));
  }

  private RuntimeSettings on(List<ExecutionProvider> others) {
    return with(others, providerOptions, devices);
  }

  /** One for each of the devices, with that device in the options of the accelerators. */
  public List<RuntimeSettings> perDevice() {
    return devices.isEmpty() ? List.of(this) : devices.stream().map(this::onDevice).toList();
  }

  private RuntimeSettings onDevice(int device) {
    Map<String, Map<String, String>> options = new HashMap<>(providerOptions);
    for (ExecutionProvider provider : providers) {
      if (provider.hasDevices()) {
        Map<String, String> own = new HashMap<>(options.getOrDefault(provider.word(), Map.of()));
        own.put(DEVICE_ID, Integer.toString(device));
        options.put(provider.word(), Map.copyOf(own));
      }
    }
    return with(providers, options, List.of());
  }

  private RuntimeSettings with(
      List<ExecutionProvider> otherProviders,
      Map<String, Map<String, String>> otherOptions,
      List<Integer> otherDevices) {
    return new RuntimeSettings(
        otherProviders,
        otherOptions,
        otherDevices,
        instances,
        intraOpThreads,
        spinning,
        warmup,
        sampleShapes);
  }
}
