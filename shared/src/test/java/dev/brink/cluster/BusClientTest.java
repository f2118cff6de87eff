package dev.brink.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusClientTest {

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    Conditions.await(vertx.close());
  }

  @Test
  void whatTheBusDoesNotTakeFailsAndKeepsNobodyFromLeaving() {
    // Given a bus that takes none of the messages
    vertx
        .eventBus()
        .codecSelector(
            body -> {
              throw new IllegalStateException("no codec");
            });
    ClusterSession session = new ClusterSession(null, null, vertx);
    BusClient client = new BusClient("edge-1", new Unheard());
    client.joined(session);

    Future<InferenceResponse> answer = client.infer("cloud-1", request(), Duration.ofSeconds(20));

    assertThat(Conditions.awaitFailure(answer)).hasMessageContaining("codec");
    assertThat(client.leaving(session).isComplete()).isTrue();
  }

  private static InferenceRequest request() {
    return new InferenceRequest(
        "m",
        "",
        "",
        Parameters.none(),
        List.of(),
        List.of(),
        RequestContext.until(new Deadline(Long.MAX_VALUE)));
  }

  /** Nobody is there. */
  private static final class Unheard implements PeerListener {

    @Override
    public void answered(Peer peer) {}

    @Override
    public void silent(String node) {}

    @Override
    public void left(String node) {}

    @Override
    public void reported(String node, LoadReport load) {}
  }
}
