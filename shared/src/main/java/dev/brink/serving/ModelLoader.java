package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ModelSettings;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Brings a version of a model from its file into service. */
final class ModelLoader {

  private final Answerer answerer;
  private final Ticker ticker;
  private final SessionOpener sessions;
  private final Workers workers;
  private final AtomicLong loads = new AtomicLong();
  private final int cores = Runtime.getRuntime().availableProcessors();

  ModelLoader(Answerer answerer, SessionOpener sessions, Workers workers, Ticker ticker) {
    this.sessions = sessions;
    this.workers = workers;
    this.answerer = answerer;
    this.ticker = ticker;
  }

  /** Opens, warms up and measures; blocks for as long as that takes. */
  LoadedModel load(String name, long version, Path file, ModelSettings settings)
      throws ModelLoadException {
    SessionOpener opener = checked(file, settings.sha256(version), version);
    try (LoadingSessions opened = new LoadingSessions(opener)) {
      ModelTrial.Outcome tried =
          new ModelTrial(name, file, settings, opened, cores, ticker)
              .of(devices(name, file, settings.runtime(), opener).open(opened));
      LoadedModel loaded = loaded(name, version, file, settings, tried);
      opened.handOver();
      return started(loaded, tried.threads().instances());
    }
  }

  /** A digest that is stated says nothing of what was made of the file before. */
  private SessionOpener checked(Path file, String stated, long version) throws ModelLoadException {
    if (stated.isEmpty()) {
      return sessions;
    }
    FileDigest.require(file, stated, version);
    return sessions.literally();
  }

  private DeviceSessions devices(
      String name, Path file, RuntimeSettings settings, SessionOpener opener) {
    int intraOpThreads = ThreadChoice.single(settings, cores).intraOpThreads();
    return new DeviceSessions(name, file, settings, intraOpThreads, opener);
  }

  private LoadedModel loaded(
      String name, long version, Path file, ModelSettings settings, ModelTrial.Outcome tried)
      throws ModelLoadException {
    return new LoadedModel(
        name,
        Long.toString(version),
        loads.incrementAndGet(),
        file.toFile().length(),
        settings,
        tried.devices(),
        tried.profile(),
        effect(file, tried.effect()),
        Labels.of(file, settings),
        answerer,
        workers,
        ticker);
  }

  private static LoadedModel started(LoadedModel loaded, int instances) throws ModelLoadException {
    boolean started = false;
    try {
      loaded.start(instances);
      started = true;
      return loaded;
    } catch (OrtException failure) {
      throw new ModelLoadException(OrtMessages.plain(failure), failure);
    } finally {
      if (!started) {
        loaded.close();
      }
    }
  }

  /** Made-up inputs may not bring out a scale that is taken over the whole run: the file says. */
  private static BatchEffect effect(Path file, BatchEffect measured) {
    try {
      boolean scaled =
          OperatorScan.of(file).stream().anyMatch(name -> name.startsWith("DynamicQuantize"));
      return scaled ? BatchEffect.DEPENDENT : measured;
    } catch (IOException notReadable) {
      return measured.worse(BatchEffect.UNKNOWN);
    }
  }
}
