package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import java.util.Map;

/** How the CPU's part of a session works, which every session has. */
record CpuOptions(Map<String, String> stated) {

  static CpuOptions of(RuntimeSettings settings) {
    return new CpuOptions(
        settings.providerOptions().getOrDefault(ExecutionProvider.CPU.word(), Map.of()));
  }

  /** Whether what runs work in is kept from one run to the next. */
  boolean arena() {
    return is(RuntimeSettings.CPU_ARENA, true);
  }

  private boolean is(String option, boolean otherwise) {
    return stated.containsKey(option) ? stated.get(option).equals("1") : otherwise;
  }

  void applyTo(OrtSession.SessionOptions options) throws OrtException {
    options.setCPUArenaAllocator(arena());
    options.setMemoryPatternOptimization(is(RuntimeSettings.CPU_MEM_PATTERN, true));
    addEntry(options, RuntimeSettings.CPU_DENORMAL_AS_ZERO);
    addEntry(options, RuntimeSettings.CPU_DISABLE_PREPACKING);
  }

  private void addEntry(OrtSession.SessionOptions options, String option) throws OrtException {
    if (stated.containsKey(option)) {
      options.addConfigEntry("session." + option, stated.get(option));
    }
  }
}
