package dev.brink.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** Nodes that cannot start say why, all of it, and with the right exit status. */
class StartIT {

  @Test
  void fiveMistakesInTheConfigurationAreAllReported() throws Exception {
    try (NodeUnderTest node =
        NodeUnderTest.launch(
            "edge",
            "http.port=99999",
            "http.max-bodi=1MiB",
            "management.port=many",
            "uplink.mode=pigeon",
            "log.level=loud")) {

      assertThat(node.awaitExit()).isEqualTo(2);
      assertThat(node.output())
          .contains("http.port", "http.max-bodi", "max-body", "management.port")
          .contains("uplink.mode", "log.level")
          .doesNotContain("at dev.brink");
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        NodeUnderTest node =
            NodeUnderTest.launch(
                "edge",
                "http.port=" + taken.getLocalPort(),
                "grpc.port=0",
                "management.port=0",
                "uplink.mode=none")) {

      assertThat(node.awaitExit()).isEqualTo(1);
      assertThat(node.output()).contains("" + taken.getLocalPort()).contains("in use");
    }
  }

  @Test
  void anUnknownArgumentIsAMatterOfUsage() throws Exception {
    try (NodeUnderTest node = NodeUnderTest.launch("cloud", "no-equals-sign")) {
      assertThat(node.awaitExit()).isEqualTo(2);
    }
  }
}
