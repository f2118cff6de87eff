package dev.brink.edge;

import dev.brink.inference.InferenceException;
import dev.brink.model.CascadeSettings;
import dev.brink.model.ModelSettings;
import dev.brink.model.ModelVersionStatus;
import dev.brink.routing.Calibration;
import dev.brink.routing.LearningBasis;
import dev.brink.routing.ObjectiveController;
import dev.brink.serving.ModelHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives learning its start: reads what {@code brink models calibrate} has left beside the versions
 * in service, at first and whenever another version or other settings come into service. Every
 * method but {@link #isStale} blocks.
 */
final class Calibrations {

  static final String FILE = "calibration.json";

  private static final Logger LOG = LoggerFactory.getLogger(Calibrations.class);
  private static final long MOST_BYTES = 64L << 20;

  private final Path models;
  private final ModelHost host;
  private final ObjectiveController objectives;
  private volatile Map<String, String> generations = Map.of();

  Calibrations(Path models, ModelHost host, ObjectiveController objectives) {
    this.models = models;
    this.host = host;
    this.objectives = objectives;
  }

  /** Whether another version or other settings have come into service since {@link #read}. */
  boolean isStale() {
    return !generations.equals(inService());
  }

  /** A model without a calibration learns from its traffic alone. */
  synchronized void read() {
    Map<String, String> latest = inService();
    latest.forEach(
        (name, generation) -> {
          if (!generation.equals(generations.get(name))) {
            read(name);
          }
        });
    generations = latest;
  }

  /** By name, what answers when a request names no version. */
  private Map<String, String> inService() {
    Map<String, String> latest = new HashMap<>();
    for (ModelVersionStatus version : host.index()) {
      host.generation(version.name(), "")
          .ifPresent(generation -> latest.put(version.name(), generation));
    }
    return latest;
  }

  private void read(String name) {
    host.settings(name, "")
        .flatMap(ModelSettings::cascade)
        .ifPresent(
            cascade ->
                host.find(name, "").ifPresent(model -> read(name, model.version(), cascade)));
  }

  private void read(String name, String version, CascadeSettings cascade) {
    Path file = models.resolve(name).resolve(version).resolve(FILE);
    String text = "";
    Calibration calibration = Calibration.none();
    try {
      if (Files.exists(file) && Files.size(file) <= MOST_BYTES) {
        text = Files.readString(file);
        calibration = Calibration.parse(text, cascade.signal());
      }
    } catch (IOException | IllegalArgumentException | InferenceException unusable) {
      LOG.atWarn()
          .addKeyValue("model", name)
          .addKeyValue("version", version)
          .addKeyValue("error", unusable.getMessage())
          .log("calibration ignored");
    }
    LearningBasis basis = new LearningBasis(version, digest(text, cascade));
    if (!objectives.basis(name).orElse(basis).equals(basis)) {
      LOG.atInfo()
          .addKeyValue("model", name)
          .addKeyValue("version", version)
          .log("learning starts again");
    }
    objectives.calibrate(name, basis, calibration);
  }

  /** Of the calibration and of what is read from it. */
  private static String digest(String text, CascadeSettings cascade) {
    String read = cascade.signal() + " " + cascade.output() + " " + cascade.unknownLabels() + text;
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(read.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 16);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
