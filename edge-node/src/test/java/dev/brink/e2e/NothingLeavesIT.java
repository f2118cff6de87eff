package dev.brink.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From its start on, a node speaks to nobody whom its configuration does not name. */
class NothingLeavesIT {

  private static final String BODY =
      "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1,1],\"data\":[\"hi\"]}]}";

  @TempDir private Path folder;

  private String[] settings(String role) throws Exception {
    Models.add(folder.resolve("models"), role, "intent", "intent");
    return new String[] {
      "http.port=0",
      "grpc.port=0",
      "management.port=0",
      "cluster.port=0",
      "cluster.members=127.0.0.1:" + Ports.free(),
      "models.path=" + folder.resolve("models"),
      "outbox.path=" + folder.resolve("outbox.db")
    };
  }

  /** Where a node has a network of its own, not even a try that failed at once can be missed. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"edge", "cloud"})
  void nothingIsTriedWhereNoWayLeads(String role) throws Exception {
    assumeThat(Isolation.isAllowed()).isTrue();
    try (NodeUnderTest node = NodeUnderTest.launchAlone(role, settings(role))) {
      node.awaitReady();

      assertThat(Isolation.inNetworkOf(node.pid(), ask(node))).contains("200 OK");

      assertThat(Isolation.wentNowhere(node.pid())).as(node.output()).isZero();
    }
  }

  private static String ask(NodeUnderTest node) {
    return """
    exec 3<>/dev/tcp/127.0.0.1/%d
    printf 'POST /v2/models/intent/infer HTTP/1.1\\r\\nHost: h\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%%s' '%s' >&3
    cat <&3
    """
        .formatted(node.httpPort(), BODY.length(), BODY);
  }

  @Test
  void whatIsTriedThereIsCounted() throws IOException {
    assumeThat(Isolation.isAllowed()).isTrue();
    Process shell = new ProcessBuilder(Isolation.of(List.of("cat"))).start();
    try {
      shell.getOutputStream().write('\n');
      shell.getOutputStream().flush();
      assertThat(shell.getInputStream().read()).isEqualTo('\n');

      Isolation.inNetworkOf(shell.pid(), "(exec 3<>/dev/udp/192.0.2.1/53) 2>/dev/null || true");

      assertThat(Isolation.wentNowhere(shell.pid())).isPositive();
    } finally {
      shell.destroy();
    }
  }

  /** Elsewhere its sockets are looked at again and again; what is gone between is not seen. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"edge", "cloud"})
  void noOtherEndIsElsewhere(String role) throws Exception {
    assumeThat(Isolation.isAllowed()).isFalse();
    try (NodeUnderTest node = NodeUnderTest.launch(role, settings(role));
        ConnectionWatch watch = ConnectionWatch.of(node.pid())) {
      node.awaitReady();
      assertThat(Calls.post(node.http("/v2/models/intent/infer"), BODY).status()).isEqualTo(200);

      Set<String> peers = watch.peers();
      assertThat(peers).isNotEmpty().allMatch(Connections::isLoopback);
    }
  }
}
