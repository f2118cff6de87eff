package dev.brink.edge.bench;

import dev.brink.config.ClientCertificates;
import dev.brink.config.TlsSection;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.security.DevelopmentPki;
import dev.brink.security.Tls;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The far end of the hop, as a process of its own. It ends with this one. */
record HopServerProcess(Process process, String cluster, int clusterPort, int[] ports, Tls tls)
    implements AutoCloseable {

  private static final String MAIN = "dev.brink.cloud.bench.HopServer";

  static HopServerProcess start(Path folder, boolean secured) throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    Path log = folder.resolve("hop.log");
    String cluster = "hop-" + ProcessHandle.current().pid();
    int clusterPort = NodePair.freePort();
    List<String> command = command(models, cluster, clusterPort);
    Tls tls = secured ? secure(folder, command) : Tls.none();
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String line = firstLine(process);
    if (line == null || !line.startsWith("ready ")) {
      throw CommandFailure.failed("the far end did not start:\n" + Files.readString(log));
    }
    String[] words = line.split(" ");
    int[] ports = new int[words.length - 1];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = Integer.parseInt(words[i + 1]);
    }
    return new HopServerProcess(process, cluster, clusterPort, ports, tls);
  }

  private static List<String> command(Path models, String cluster, int port) {
    Path libraries = NodePair.home().resolve("cloud-node/target/dist/lib");
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-cp",
            libraries + "/*",
            MAIN,
            models.toString(),
            cluster,
            Integer.toString(port)));
  }

  private static Tls secure(Path folder, List<String> command) throws IOException {
    DevelopmentPki pki = new DevelopmentPki("hop");
    Path trust = pki.writeAuthority(folder.resolve("ca.pem"));
    DevelopmentPki.Identity near = pki.writeNode(folder, "near", List.of("127.0.0.1"));
    DevelopmentPki.Identity far = pki.writeNode(folder, "far", List.of("127.0.0.1"));
    command.addAll(List.of(far.certificate().toString(), far.key().toString(), trust.toString()));
    return Tls.of(
        new TlsSection(
            Optional.of(near.certificate()),
            Optional.of(near.key()),
            Optional.of(trust),
            ClientCertificates.NONE,
            true,
            Duration.ofMinutes(10)));
  }

  private static String firstLine(Process process) throws IOException {
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    while (line != null && !line.startsWith("ready ")) {
      line = lines.readLine();
    }
    return line;
  }

  long pid() {
    return process.pid();
  }

  int grpcPort() {
    return ports[0];
  }

  int bareHttpPort() {
    return ports[1];
  }

  int bareGrpcPort() {
    return ports[2];
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
