package dev.brink.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that cannot start say why, all of it, and with the right exit status. */
class StartIT {

  @TempDir private static Path folder;

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
  void withoutAnUplinkAModelThatIsNotHereIsNowhere() throws Exception {
    try (NodeUnderTest node =
        NodeUnderTest.start("edge", "uplink.mode=none", "outbox.path=" + folder.resolve("o.db"))) {
      assertThat(
              Calls.post(
                      node.http("/v2/models/elsewhere/infer"),
                      "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"x\"]}]}")
                  .status())
          .isEqualTo(404);
    }
  }

  @Test
  void anUnknownArgumentIsAMatterOfUsage() throws Exception {
    try (NodeUnderTest node = NodeUnderTest.launch("cloud", "no-equals-sign")) {
      assertThat(node.awaitExit()).isEqualTo(2);
    }
  }

  @Test
  void aNodeThatIsKilledLeavesNothingInTheTemporaryFolder() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    try (NodeUnderTest node =
        NodeUnderTest.start(
            Map.of("BRINK_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary),
            "edge",
            "uplink.mode=none",
            "outbox.path=" + folder.resolve("killed.db"))) {
      String text =
          "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1,1],\"data\":[\"😀\"]}]}";
      assertThat(Calls.post(node.http("/v2/models/intent/infer"), text).status()).isEqualTo(200);

      node.kill();

      assertThat(temporary).isEmptyDirectory();
    }
  }
}
