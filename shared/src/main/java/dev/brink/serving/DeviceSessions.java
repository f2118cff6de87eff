package dev.brink.serving;

import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model's sessions on the devices that its settings name: one on each that is there. */
final class DeviceSessions {

  private static final Logger LOG = LoggerFactory.getLogger(DeviceSessions.class);

  private final SessionOpener sessions;
  private final Path file;
  private final List<RuntimeSettings> perDevice;
  private final int intraOpThreads;

  DeviceSessions(
      SessionOpener sessions, Path file, RuntimeSettings settings, ThreadChoice threads) {
    this.sessions = sessions;
    this.file = file;
    this.perDevice = settings.perDevice();
    this.intraOpThreads = threads.intraOpThreads();
  }

  /** The one that is open already. */
  DeviceSession first(Executable session) {
    return new DeviceSession(session, opener(perDevice.get(0)));
  }

  /** Those on {@code provider}'s other devices; a device that is not there is left out. */
  List<DeviceSession> further(String model, ExecutionProvider provider) {
    List<DeviceSession> further = new ArrayList<>();
    if (provider.hasDevices()) {
      for (RuntimeSettings settings : perDevice.subList(1, perDevice.size())) {
        try {
          Executable session = sessions.open(file, settings.only(provider), intraOpThreads);
          further.add(new DeviceSession(session, opener(settings)));
        } catch (ModelLoadException missing) {
          LOG.warn("device missing model={} error={}", model, missing.getMessage());
        }
      }
    }
    return further;
  }

  private InstanceSlot.Opener opener(RuntimeSettings settings) {
    return provider -> sessions.open(file, settings.from(provider), intraOpThreads);
  }
}
