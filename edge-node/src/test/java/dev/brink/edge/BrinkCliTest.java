package dev.brink.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BrinkCliTest {

  private static final Path CONFIGS = Path.of("../configs");

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void theShippedConfigurationsAreRight() {
    int status =
        run("check-config", CONFIGS.resolve("edge.yaml") + "", CONFIGS.resolve("cloud.yaml") + "");

    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
  }

  @Test
  void fiveMistakesAreFiveLinesAndExitTwo() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("wrong.yaml"),
            """
            node: {id: "a b"}
            http: {prt: 1, port: 99999}
            uplink: {mode: clster}
            modles: {path: x}
            """);

    int status = run("check-config", "--role", "edge", file.toString());

    assertThat(status).isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(5)
        .allMatch(line -> line.startsWith(file + ":"))
        .anyMatch(line -> line.contains(":4: modles: unknown key (did you mean models?)"));
  }

  @Test
  void theEffectiveConfigurationIsShownWithItsOverrides() {
    int status =
        run("check-config", "--show", "--set", "http.port=1", CONFIGS.resolve("edge.yaml") + "");

    assertThat(status).isZero();
    assertThat(out.toString()).contains("http.port=1").contains("uplink.mode=cluster");
  }

  @Test
  void aMembersAddressAndAFolderThatAreNoneAreProblems() throws Exception {
    Path file = Files.writeString(folder.resolve("a.yaml"), "cluster: {members: [a:1, 'foo:bar']}");
    Path other = Files.writeString(folder.resolve("b.yaml"), "models: {path: absent}");

    assertThat(run("check-config", "--role", "edge", file.toString(), other.toString()))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("cluster.members: foo:bar (expected: host:port)")
        .contains("models.path: no such folder " + folder.resolve("absent"));
  }

  @Test
  void wrongUsageExitsWithTwo() {
    assertThat(run("infer", "--model", "intent")).isEqualTo(2);
    assertThat(run("no-such-command")).isEqualTo(2);
    assertThat(run("infer", "--url", "no url", "--model", "m", "--text", "x")).isEqualTo(2);
  }

  @Test
  void anInputThatIsNotThereIsWrongUsage() {
    int status = run("infer", "--model", "m", "--input", folder.resolve("absent") + "");

    assertThat(status).isEqualTo(2);
    assertThat(err.toString())
        .contains("--input " + folder.resolve("absent") + ": no such file")
        .doesNotContain("Exception");
  }

  @Test
  void theLauncherKnowsTheCommandsThatThereAre() throws Exception {
    String launcher = Files.readString(Path.of("../brink"));
    String dispatch =
        launcher.lines().filter(line -> line.startsWith("  demo | ")).findFirst().orElseThrow();
    String usage = launcher.substring(0, launcher.indexOf("USAGE\n}"));
    Set<String> commands = BrinkCli.commandLine().getSubcommands().keySet();

    assertThat(dispatch.replaceAll("[ )]", "").split("\\|"))
        .containsExactlyInAnyOrderElementsOf(commands);
    assertThat(commands).allMatch(name -> usage.matches("(?s).*[ |]" + name + "[ \n].*"));
  }

  @Test
  void anAnswerIsPrintedWithWhereItCameFrom() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>();
    String answer =
        """
        {"model_name":"intent",
         "parameters":{"brink_route":"edge","brink_reason":"confident","brink_confidence":0.987,
           "brink_degraded":false},
         "outputs":[{"name":"label","datatype":"BYTES","shape":[1,1],"data":["balance"]}]}
        """;
    try (Node node =
        new Node(
            Map.of(
                "/v2/models/intent",
                "{\"inputs\":[{\"name\":\"sentence\"}]}",
                "/v2/models/intent/infer",
                answer),
            200,
            asked)) {
      int status =
          run("infer", "--url", node.url(), "--model", "intent", "--text", "hi", "--route", "edge");

      assertThat(status).isZero();
    }
    assertThat(out.toString()).containsSubsequence("balance", "edge", "confident", "0.99");
    JsonObject request = new JsonObject(asked.get());
    assertThat(request.getJsonArray("inputs").getJsonObject(0).getString("name"))
        .isEqualTo("sentence");
    assertThat(request.getJsonObject("parameters").getString("brink_route")).isEqualTo("edge");
  }

  @Test
  void aRefusalExitsWithOneAndItsReason() throws Exception {
    try (Node node =
        new Node(
            Map.of("/v2/models/none/infer", "{\"error\":\"unknown model\"}"),
            404,
            new AtomicReference<>())) {
      Path request = Files.writeString(folder.resolve("request.json"), "{}");
      int status = run("infer", "--url", node.url(), "--model", "none", "--input", request + "");

      assertThat(status).isEqualTo(1);
    }
    assertThat(err.toString()).contains("HTTP 404: unknown model");
  }

  private int run(String... arguments) {
    CommandLine commands = BrinkCli.commandLine();
    return commands
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** Answers as a node would, with what it is given. */
  private record Node(HttpServer server) implements AutoCloseable {

    Node(Map<String, String> answers, int status, AtomicReference<String> lastBody)
        throws IOException {
      this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
      answers.forEach(
          (path, answer) ->
              server.createContext(
                  path,
                  exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    lastBody.set(new String(body, StandardCharsets.UTF_8));
                    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                  }));
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
