package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;

/** All other servers of a measurement. */
record Peers(List<Peer> all) implements AutoCloseable {

  static Peers start(ServeFixture fixture, List<String> commands) throws OrtException {
    Peers peers = new Peers(new ArrayList<>());
    try {
      for (String command : commands) {
        peers.all.add(fixture.peer(command));
      }
      return peers;
    } catch (RuntimeException | OrtException failed) {
      peers.close();
      throw failed;
    }
  }

  @Override
  public void close() {
    all.forEach(Peer::close);
  }
}
