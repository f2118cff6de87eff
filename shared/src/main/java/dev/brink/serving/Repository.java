package dev.brink.serving;

import dev.brink.config.ConfigBinder;
import dev.brink.config.ConfigException;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.model.ModelSettings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings models from the folder into service and out of it. Versions in service go on until their
 * successors are ready, and until their last request is answered. Belongs to one thread.
 */
final class Repository {

  private static final Logger LOG = LoggerFactory.getLogger(Repository.class);

  private static final String ABSENT = "not in the repository";

  private final Path root;
  private final ModelLoader loader;
  private final HostedModels models;

  /** Models taken out by command: they come back by command only. */
  private final Set<String> unloaded = new TreeSet<>();

  /** Why models could not be loaded, as last logged. */
  private final Map<String, String> told = new TreeMap<>();

  private final CommandFolders commanded = new CommandFolders();

  Repository(Path root, ModelLoader loader, HostedModels models) {
    this.root = root;
    this.loader = loader;
    this.models = models;
  }

  /**
   * Makes what is served follow what is in the folder; never fails for a model that is bad.
   *
   * @throws InferenceException (internal) where this machine can load none
   */
  void follow() throws IOException {
    Set<String> names = ModelFolder.names(root);
    for (String name : names) {
      if (!isCommanded(name)) {
        tryLoad(name);
      }
    }
    for (HostedModel gone : List.copyOf(models.all())) {
      if (!names.contains(gone.name()) && !gone.isOverridden()) {
        LOG.info("model left the repository model={}", gone.name());
        models.remove(gone.name());
        told.remove(gone.name());
        close(gone);
      }
    }
    commanded.deleteUnused(models.open());
  }

  /** Whether a command has said something else than the folder says. */
  private boolean isCommanded(String name) {
    return unloaded.contains(name)
        || models.find(name).filter(HostedModel::isOverridden).isPresent();
  }

  private void tryLoad(String name) {
    try {
      ModelFolder folder = folder(name);
      load(folder, folder.yaml(), false);
      told.remove(name);
    } catch (InferenceException refused) {
      if (refused.error() instanceof InferenceError.Internal) {
        throw refused;
      }
      tell(name, refused.getMessage());
    } catch (IOException | RuntimeException broken) {
      tell(name, unusable(name, broken.toString()).getMessage());
    }
  }

  /** A folder changes often while a model in it stays bad: each reason is worth one line. */
  private void tell(String name, String reason) {
    if (!reason.equals(told.put(name, reason))) {
      LOG.warn("model not loaded model={} error={}", name, reason);
    }
  }

  private ModelFolder folder(String name) throws IOException {
    try {
      return ModelFolder.find(root, name).orElseThrow(() -> notInRepository(name));
    } catch (CharacterCodingException notText) {
      throw unusable(name, "model.yaml is not UTF-8");
    }
  }

  /** Says so in the index too, unless an earlier state of the model is in service. */
  private InferenceException unusable(String name, String reason) {
    if (models.find(name).flatMap(HostedModel::latest).isEmpty()) {
      models.put(name, HostedModel.none(name, reason));
    }
    return refused(name, reason);
  }

  /** Loads {@code name} as the folder has it now. */
  void load(String name) throws IOException {
    ModelFolder folder = folder(name);
    unloaded.remove(name);
    load(folder, folder.yaml(), false);
    commanded.deleteUnused(models.open());
  }

  /** Loads {@code name} with other settings, and with other files where there are any. */
  void load(String name, String yaml, Map<String, byte[]> files) throws IOException {
    if (files.isEmpty()) {
      ModelFolder folder = folder(name);
      unloaded.remove(name);
      load(folder, yaml, true);
      return;
    }
    ModelFolder.requireName(name);
    Path folder = commanded.create();
    List<LoadedModel> before = models.ready();
    try {
      load(OverrideFiles.write(folder, name, files), yaml, true);
    } finally {
      cameFrom(folder, name, before);
      commanded.deleteUnused(models.open());
      forgetUnknown(name);
    }
  }

  /** A command that fails may have loaded some of the versions. */
  private void cameFrom(Path folder, String name, List<LoadedModel> before) {
    List<LoadedModel> loaded = new ArrayList<>(models.ready());
    loaded.removeAll(before);
    commanded.usedBy(folder, loaded);
    if (!loaded.isEmpty()) {
      unloaded.remove(name);
    }
  }

  /** What failed to come with a command, and is not in the folder either, is nothing to list. */
  private void forgetUnknown(String name) throws IOException {
    boolean inService = models.find(name).flatMap(HostedModel::latest).isPresent();
    if (!inService && !ModelFolder.names(root).contains(name)) {
      models.remove(name);
    }
  }

  void unload(String name) {
    ModelFolder.requireName(name);
    HostedModel hosted = models.find(name).orElseThrow(() -> notInRepository(name));
    unloaded.add(name);
    models.put(name, hosted.leaving());
    close(hosted);
    models.put(name, hosted.unloaded());
    commanded.deleteUnused(models.open());
    LOG.info("model unloaded model={}", name);
  }

  private void close(HostedModel model) {
    models.retiring().close(model.name(), List.of());
    model.ready().forEach(LoadedModel::close);
  }

  void close() {
    List<HostedModel> all = List.copyOf(models.all());
    models.clear();
    all.forEach(this::close);
    commanded.deleteUnused(List.of());
  }

  private void load(ModelFolder folder, String yaml, boolean overridden) {
    ModelSettings settings;
    try {
      settings = ConfigBinder.bind(ModelSettings.class, yaml, folder.folder());
    } catch (ConfigException invalid) {
      throw unusable(folder.name(), "model.yaml: " + invalid.getMessage().strip());
    }
    load(folder, settings, overridden);
  }

  private void load(ModelFolder folder, ModelSettings settings, boolean overridden) {
    String name = folder.name();
    HostedModel before = models.find(name).orElse(HostedModel.none(name, "loading"));
    List<Long> available = List.copyOf(folder.versions().keySet());
    List<Long> selected = settings.versionPolicy().select(available);
    models.put(name, before.loading(selected));
    List<String> failures = new ArrayList<>();
    SortedMap<Long, HostedModel.Version> after =
        versions(folder, selected, settings, before, failures);
    boolean changes = failures.size() < selected.size();
    HostedModel now = before.replaced(after, changes ? overridden : before.isOverridden());
    for (long absent : settings.versionPolicy().missing(available)) {
      failures.add("version %d: %s".formatted(absent, ABSENT));
      now = now.without(absent, ABSENT);
    }
    replace(name, before, now);
    if (selected.isEmpty() && failures.isEmpty()) {
      failures.add("at least one version must be available under the version policy of the model");
    }
    if (!failures.isEmpty()) {
      throw refused(name, String.join("; ", failures));
    }
  }

  private SortedMap<Long, HostedModel.Version> versions(
      ModelFolder folder,
      List<Long> selected,
      ModelSettings settings,
      HostedModel before,
      List<String> failures) {
    SortedMap<Long, HostedModel.Version> after = new TreeMap<>();
    try {
      for (long version : selected) {
        after.put(version, version(folder, version, settings, before, failures));
      }
      return after;
    } catch (LinkageError missing) {
      String reason = "ONNX Runtime cannot be loaded: " + rootOf(missing);
      boolean inService = before.latest().isPresent();
      models.put(folder.name(), inService ? before : HostedModel.none(folder.name(), reason));
      throw new InferenceError.Internal(reason).asException();
    }
  }

  /**
   * Sequences go on where they began; those that did so before the last load but one do not. At
   * every moment those that go on are found.
   */
  private void replace(String name, HostedModel before, HostedModel now) {
    List<LoadedModel> gone =
        before.ready().stream().filter(old -> !now.ready().contains(old)).toList();
    gone.forEach(models.retiring()::add);
    models.put(name, now);
    gone.forEach(this::retire);
    if (!gone.isEmpty()) {
      models.retiring().close(name, gone);
    }
  }

  private void retire(LoadedModel old) {
    if (models.retiring().retire(old)) {
      LOG.info("model goes on for its sequences model={} version={}", old.name(), old.version());
    } else {
      old.close();
    }
  }

  /** Gives back what no sequence needs any more. */
  void closeRetired() {
    models.retiring().close();
    commanded.deleteUnused(models.open());
  }

  private HostedModel.Version version(
      ModelFolder folder,
      long version,
      ModelSettings settings,
      HostedModel before,
      List<String> failures) {
    Path file = folder.versions().get(version);
    HostedModel.Version old = before.versions().get(version);
    boolean inService = old != null && old.loaded() != null;
    try {
      FileMark mark = FileMark.of(file);
      if (inService && old.mark().equals(mark) && old.loaded().settings().equals(settings)) {
        return old;
      }
      LoadedModel loaded = loader.load(folder.name(), version, file, settings);
      LOG.info("model loaded model={} version={} {}", folder.name(), version, loaded.summary());
      return HostedModel.Version.ready(loaded, mark);
    } catch (ModelLoadException refused) {
      failures.add("version %d: %s".formatted(version, refused.getMessage()));
      return inService ? old : HostedModel.Version.unavailable(refused.getMessage());
    } catch (IOException | RuntimeException broken) {
      failures.add("version %d: %s".formatted(version, broken));
      return inService ? old : HostedModel.Version.unavailable(broken.toString());
    } catch (OutOfMemoryError exhausted) {
      failures.add("version %d: %s".formatted(version, exhausted));
      return inService ? old : HostedModel.Version.unavailable(exhausted.toString());
    }
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static InferenceException notInRepository(String name) {
    return refused(name, "failed to poll from model repository");
  }

  private static InferenceException refused(String name, String reason) {
    return InferenceError.invalid("failed to load '%s', %s".formatted(name, reason));
  }
}
