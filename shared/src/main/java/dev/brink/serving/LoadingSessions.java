package dev.brink.serving;

import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The sessions that one load has opened; closed with it, except for those that went into service.
 */
final class LoadingSessions implements SessionOpener, AutoCloseable {

  private final SessionOpener sessions;
  private final List<Executable> open = new ArrayList<>();

  LoadingSessions(SessionOpener sessions) {
    this.sessions = sessions;
  }

  @Override
  public Executable open(Path file, RuntimeSettings settings, int intraOpThreads)
      throws ModelLoadException {
    Executable session = sessions.open(file, settings, intraOpThreads);
    open.add(session);
    return session;
  }

  void close(Executable session) {
    if (open.remove(session)) {
      session.close();
    }
  }

  /** What is open now belongs to others. */
  void handOver() {
    open.clear();
  }

  @Override
  public void close() {
    List.copyOf(open).forEach(this::close);
  }
}
