package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelSettings;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a model on what it is to run on, and finds how many threads its runs should have. */
final class ModelTrial {

  private static final Logger LOG = LoggerFactory.getLogger(ModelTrial.class);

  private final String name;
  private final Path file;
  private final ModelSettings settings;
  private final LoadingSessions sessions;
  private final int cores;
  private final Ticker ticker;

  ModelTrial(
      String name,
      Path file,
      ModelSettings settings,
      LoadingSessions sessions,
      int cores,
      Ticker ticker) {
    this.name = name;
    this.file = file;
    this.settings = settings;
    this.sessions = sessions;
    this.cores = cores;
    this.ticker = ticker;
  }

  /**
   * @param devices the sessions to serve with
   * @param profile of the first
   */
  record Outcome(
      List<DeviceSession> devices,
      LatencyProfile profile,
      BatchEffect effect,
      ThreadChoice threads) {}

  private record Measured(LatencyProfile profile, BatchEffect effect) {}

  /**
   * @param devices warmed up, but for the first, which is measured
   */
  Outcome of(List<DeviceSession> devices) throws ModelLoadException {
    Measured measured = measured(devices.get(0).session());
    for (DeviceSession further : devices.subList(1, devices.size())) {
      measured(further.session());
    }
    RuntimeSettings runtime = settings.runtime();
    ExecutionProvider provider = devices.get(0).session().provider();
    ThreadChoice threads =
        provider.hasDevices()
            ? ThreadChoice.onAccelerator(runtime, devices.size())
            : ThreadChoice.single(runtime, cores);
    Outcome alone = new Outcome(devices, measured.profile(), measured.effect(), threads);
    return provider == ExecutionProvider.CPU ? withMoreThreads(alone) : alone;
  }

  private Outcome withMoreThreads(Outcome alone) {
    long single = alone.profile().estimate(1);
    int candidate = ThreadChoice.candidate(settings.runtime(), single, cores);
    if (candidate == 1) {
      return alone;
    }
    try {
      return better(alone, candidate);
    } catch (ModelLoadException refused) {
      LOG.warn("threads not tried model={} error={}", name, refused.getMessage());
      return alone;
    }
  }

  private Outcome better(Outcome alone, int candidate) throws ModelLoadException {
    RuntimeSettings runtime = settings.runtime().from(ExecutionProvider.CPU);
    Executable shared = sessions.open(file, runtime, candidate);
    Measured measured = measuredOrClosed(shared);
    if (!ThreadChoice.sharesWell(
        alone.profile().estimate(1), measured.profile().estimate(1), candidate)) {
      sessions.close(shared);
      return alone;
    }
    DeviceSession single = alone.devices().get(0);
    sessions.close(single.session());
    return new Outcome(
        List.of(new DeviceSession(shared, single.opener())),
        measured.profile(),
        measured.effect(),
        ThreadChoice.with(runtime, candidate, cores));
  }

  private Measured measuredOrClosed(Executable model) throws ModelLoadException {
    try {
      return measured(model);
    } catch (ModelLoadException refused) {
      sessions.close(model);
      throw refused;
    }
  }

  private Measured measured(Executable model) throws ModelLoadException {
    Signature signature = model.signature();
    SampleInputs samples = SampleInputs.of(signature, settings.runtime().sampleShapes());
    LatencyProfile profile =
        new LatencyProfile(signature.batches() ? settings.batching().maxSize() : 1);
    if (!settings.runtime().warmup()) {
      return new Measured(profile, BatchEffect.UNKNOWN);
    }
    try (ModelInstance instance = new ModelInstance(model)) {
      LoadMeasurement measurement =
          new LoadMeasurement(
              instance::run, TrialPace.on(model.provider()), signature, samples, profile, ticker);
      return new Measured(profile, measurement.run(name));
    } catch (OrtException failure) {
      throw new ModelLoadException(OrtMessages.plain(failure), failure);
    }
  }
}
