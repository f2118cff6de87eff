package dev.brink.serving;

import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model's sessions on the devices that its settings name: one on each that is there. */
final class DeviceSessions {

  private static final Logger LOG = LoggerFactory.getLogger(DeviceSessions.class);

  private final String model;
  private final Path file;
  private final List<RuntimeSettings> perDevice;
  private final int intraOpThreads;
  private final SessionOpener again;

  /**
   * @param again opens sessions in place of others, later on
   */
  DeviceSessions(
      String model, Path file, RuntimeSettings settings, int intraOpThreads, SessionOpener again) {
    this.model = model;
    this.file = file;
    this.perDevice = settings.perDevice();
    this.intraOpThreads = intraOpThreads;
    this.again = again;
  }

  /**
   * Those on the devices that are there, or one on what the settings prefer next where none is.
   *
   * @throws ModelLoadException where the file is bad, or nothing of what the settings name is there
   */
  List<DeviceSession> open(LoadingSessions sessions) throws ModelLoadException {
    RuntimeSettings first = perDevice.get(0);
    DeviceSession preferred = session(sessions.open(file, first, intraOpThreads), first);
    List<DeviceSession> further = further(sessions, preferred);
    if (further.isEmpty()) {
      return List.of(preferred);
    }
    if (!preferred.session().provider().hasDevices()) {
      LOG.warn("device missing model={} device={}", model, first.providerOptions());
      sessions.close(preferred.session());
      return further;
    }
    further.addFirst(preferred);
    return further;
  }

  /** Those on the other devices; {@code preferred} may itself be none for want of the first one. */
  private List<DeviceSession> further(LoadingSessions sessions, DeviceSession preferred) {
    List<DeviceSession> further = new ArrayList<>();
    for (RuntimeSettings settings : perDevice.subList(1, perDevice.size())) {
      settings
          .withDevicesUpTo(preferred.session().provider())
          .ifPresent(
              onDevice -> {
                try {
                  Executable session = sessions.open(file, onDevice, intraOpThreads);
                  further.add(session(session, settings));
                } catch (ModelLoadException missing) {
                  LOG.warn("device missing model={} error={}", model, missing.getMessage());
                }
              });
    }
    return further;
  }

  private DeviceSession session(Executable session, RuntimeSettings settings) {
    return new DeviceSession(
        session, provider -> again.open(file, settings.from(provider), intraOpThreads));
  }
}
