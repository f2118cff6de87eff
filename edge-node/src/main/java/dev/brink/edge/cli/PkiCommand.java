package dev.brink.edge.cli;

import dev.brink.security.DevelopmentPki;
import dev.brink.security.DevelopmentPki.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code brink pki NODE...}. */
@Command(
    name = "pki",
    mixinStandardHelpOptions = true,
    description = {
      "Makes certificates for trying TLS out: an authority and one identity per node,",
      "good for 30 days. The authority's key is thrown away. Not for production."
    })
public final class PkiCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NODE", arity = "1..*", description = "Names of nodes, such as edge-1.")
  private List<String> nodes;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      defaultValue = "run/pki",
      description = "Where the files go (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Name or address under which the nodes are dialled, beside localhost.")
  private List<String> hosts = List.of();

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(folder);
    DevelopmentPki pki = new DevelopmentPki("Brink development");
    Path trust = pki.writeAuthority(folder.resolve("ca.pem"));
    for (String node : nodes) {
      print(pki.writeNode(folder, node, names(node)), trust);
    }
    return 0;
  }

  private List<String> names(String node) {
    return Stream.concat(Stream.of("localhost", "127.0.0.1", node), hosts.stream())
        .distinct()
        .toList();
  }

  private void print(Identity identity, Path trust) {
    spec.commandLine()
        .getOut()
        .printf(
            "tls: {certificate: %s, key: %s, trust: %s, client-certificates: required}%n",
            identity.certificate().toAbsolutePath(),
            identity.key().toAbsolutePath(),
            trust.toAbsolutePath());
  }
}
