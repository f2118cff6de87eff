package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelSettings;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Brings a version of a model from its file into service. */
final class ModelLoader {

  private final Answerer answerer;
  private final Ticker ticker;
  private final SessionOpener sessions;
  private final AtomicLong loads = new AtomicLong();
  private final int cores = Runtime.getRuntime().availableProcessors();

  ModelLoader(Answerer answerer, SessionOpener sessions, Ticker ticker) {
    this.sessions = sessions;
    this.answerer = answerer;
    this.ticker = ticker;
  }

  /** Opens, warms up and measures; blocks for as long as that takes. */
  LoadedModel load(String name, long version, Path file, ModelSettings settings)
      throws ModelLoadException {
    requireSha256(file, settings, version);
    RuntimeSettings runtime = settings.runtime().perDevice().get(0);
    ThreadChoice threads = ThreadChoice.single(runtime, cores);
    Measured measured =
        measured(name, sessions.open(file, runtime, threads.intraOpThreads()), settings);
    long single = measured.profile().estimate(1);
    boolean onCpu = measured.model().provider() == ExecutionProvider.CPU;
    int candidate = onCpu ? ThreadChoice.candidate(runtime, single, cores) : 1;
    if (candidate > 1) {
      Measured shared = measured(name, sessions.open(file, runtime, candidate), settings);
      boolean better = ThreadChoice.sharesWell(single, shared.profile().estimate(1), candidate);
      (better ? measured : shared).model().close();
      measured = better ? shared : measured;
      threads = better ? ThreadChoice.with(runtime, candidate, cores) : threads;
    }
    List<DeviceSession> devices = devices(name, file, settings, measured.model(), threads);
    if (!onCpu) {
      threads = ThreadChoice.onAccelerator(runtime, devices.size());
    }
    return start(name, version, file, settings, measured, devices, threads);
  }

  /** A model that was opened and tried. */
  private record Measured(Executable model, LatencyProfile profile, BatchEffect effect) {}

  /** {@code first}, and those further devices that are there, warmed up. */
  private List<DeviceSession> devices(
      String name, Path file, ModelSettings settings, Executable first, ThreadChoice threads)
      throws ModelLoadException {
    DeviceSessions all = new DeviceSessions(sessions, file, settings.runtime(), threads);
    List<DeviceSession> devices = new ArrayList<>(List.of(all.first(first)));
    devices.addAll(all.further(name, first.provider()));
    for (DeviceSession further : devices.subList(1, devices.size())) {
      measured(name, further.session(), settings);
    }
    return devices;
  }

  private LoadedModel start(
      String name,
      long version,
      Path file,
      ModelSettings settings,
      Measured measured,
      List<DeviceSession> devices,
      ThreadChoice threads)
      throws ModelLoadException {
    LoadedModel loaded;
    try {
      loaded =
          new LoadedModel(
              name,
              Long.toString(version),
              loads.incrementAndGet(),
              file.toFile().length(),
              settings,
              devices,
              measured.profile(),
              effect(file, measured),
              Labels.of(file, settings),
              answerer,
              ticker);
    } catch (ModelLoadException refused) {
      devices.forEach(device -> device.session().close());
      throw refused;
    }
    try {
      loaded.start(threads.instances());
      return loaded;
    } catch (OrtException failure) {
      loaded.close();
      throw new ModelLoadException(OrtMessages.plain(failure), failure);
    }
  }

  private Measured measured(String name, Executable model, ModelSettings settings)
      throws ModelLoadException {
    Signature signature = model.signature();
    LatencyProfile profile =
        new LatencyProfile(signature.batches() ? settings.batching().maxSize() : 1);
    if (!settings.runtime().warmup()) {
      return new Measured(model, profile, BatchEffect.UNKNOWN);
    }
    SampleInputs samples = new SampleInputs(signature, settings.runtime().sampleShapes());
    try (ModelInstance instance = new ModelInstance(model)) {
      LoadMeasurement measurement =
          new LoadMeasurement(
              instance::run, TrialPace.on(model.provider()), signature, samples, profile, ticker);
      return new Measured(model, profile, measurement.run(name));
    } catch (OrtException failure) {
      model.close();
      throw new ModelLoadException(OrtMessages.plain(failure), failure);
    }
  }

  /** Made-up inputs may not bring out a scale that is taken over the whole run: the file says. */
  private static BatchEffect effect(Path file, Measured measured) {
    try {
      boolean scaled =
          OperatorScan.of(file).stream().anyMatch(name -> name.startsWith("DynamicQuantize"));
      return scaled ? BatchEffect.DEPENDENT : measured.effect();
    } catch (IOException notReadable) {
      return measured.effect().worse(BatchEffect.UNKNOWN);
    }
  }

  private static void requireSha256(Path file, ModelSettings settings, long version)
      throws ModelLoadException {
    var stated = settings.versions().get(Long.toString(version));
    if (stated == null || stated.sha256().isEmpty()) {
      return;
    }
    String actual = sha256(file);
    if (!actual.equalsIgnoreCase(stated.sha256())) {
      throw new ModelLoadException(
          "sha256 of version %d is %s (expected: %s)".formatted(version, actual, stated.sha256()));
    }
  }

  private static String sha256(Path file) throws ModelLoadException {
    try (InputStream content = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 16];
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        digest.update(chunk, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException unreadable) {
      throw new ModelLoadException("cannot read the model file", unreadable);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
