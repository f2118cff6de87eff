package dev.brink.edge;

import dev.brink.inference.InferenceException;
import dev.brink.model.CascadeSettings;
import dev.brink.model.ModelSettings;
import dev.brink.model.ModelState;
import dev.brink.model.ModelVersionStatus;
import dev.brink.routing.Calibration;
import dev.brink.routing.ObjectiveController;
import dev.brink.serving.ModelHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what {@code brink models calibrate} has left beside the versions of the models. */
final class Calibrations {

  static final String FILE = "calibration.json";

  private static final Logger LOG = LoggerFactory.getLogger(Calibrations.class);
  private static final long MOST_BYTES = 64L << 20;

  private final Path models;
  private final ModelHost host;
  private final ObjectiveController objectives;

  Calibrations(Path models, ModelHost host, ObjectiveController objectives) {
    this.models = models;
    this.host = host;
    this.objectives = objectives;
  }

  /** Blocks; a model without a calibration learns from its traffic alone. */
  void read() {
    host.index().stream()
        .filter(version -> version.state() == ModelState.READY)
        .forEach(
            version ->
                host.settings(version.name(), version.version())
                    .flatMap(ModelSettings::cascade)
                    .ifPresent(cascade -> read(version, cascade)));
  }

  private void read(ModelVersionStatus version, CascadeSettings cascade) {
    Path file = models.resolve(version.name()).resolve(version.version()).resolve(FILE);
    try {
      if (Files.exists(file) && Files.size(file) <= MOST_BYTES) {
        objectives.calibrate(
            version.name(), Calibration.parse(Files.readString(file), cascade.signal()));
      }
    } catch (IOException | IllegalArgumentException | InferenceException unusable) {
      LOG.atWarn()
          .addKeyValue("model", version.name())
          .addKeyValue("version", version.version())
          .addKeyValue("error", unusable.getMessage())
          .log("calibration ignored");
    }
  }
}
