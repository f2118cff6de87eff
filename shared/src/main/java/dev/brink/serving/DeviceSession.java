package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ExecutionProvider;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A model's session on one device, which the instances on that device share. One that broke is
 * opened anew, once for all of them, and closed when the last of them has left it.
 */
final class DeviceSession implements AutoCloseable {

  private final InstanceSlot.Opener opener;
  private final ExecutionProvider provider;
  private final Map<Executable, Integer> users = new IdentityHashMap<>();

  /** Null after one broke, until another is open. */
  private volatile Executable current;

  /**
   * @param opener opens another on the same device
   */
  DeviceSession(Executable session, InstanceSlot.Opener opener) {
    this.current = session;
    this.provider = session.provider();
    this.opener = opener;
  }

  /** The one that is open. */
  Executable session() {
    return current;
  }

  InstanceSlot.Opener opener() {
    return opener;
  }

  ExecutionProvider provider() {
    return provider;
  }

  /** The one that is open, until {@link #leave}. */
  synchronized Executable use() throws OrtException {
    if (current == null) {
      throw new OrtException(OrtException.OrtErrorCode.ORT_EP_FAIL, "no session on the device");
    }
    users.merge(current, 1, Integer::sum);
    return current;
  }

  synchronized void leave(Executable session) {
    if (users.merge(session, -1, Integer::sum) == 0) {
      users.remove(session);
      if (session != current) {
        session.close();
      }
    }
  }

  /** Whether there is another in place of {@code session}. */
  boolean hasReplaced(Executable session) {
    Executable now = current;
    return now != null && now != session;
  }

  /**
   * What to use in place of {@code broken}, which is left; blocks for as long as opening takes.
   *
   * @throws ModelLoadException where there is nothing, and {@code broken} is left, too
   */
  synchronized Executable inPlaceOf(Executable broken) throws ModelLoadException, OrtException {
    if (current == broken) {
      current = null;
    }
    leave(broken);
    if (current == null) {
      current = opener.open(provider);
    }
    return use();
  }

  /** When all have left. */
  @Override
  public void close() {
    if (current != null) {
      current.close();
    }
  }
}
