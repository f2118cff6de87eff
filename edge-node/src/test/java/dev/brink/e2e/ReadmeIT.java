package dev.brink.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.docs.MarkdownBlocks;
import dev.brink.docs.MarkdownBlocks.Block;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands, as they stand there, against nodes on free ports. */
class ReadmeIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String ANY_PORTS =
      " --set http.port=0 --set grpc.port=0 --set management.port=0";

  @TempDir private static Path folder;
  private static NodeUnderTest cloud;
  private static NodeUnderTest edge;

  private record Result(int status, String output) {}

  @BeforeAll
  static void startBoth() throws Exception {
    int clusterPort = Ports.free();
    cloud = NodeUnderTest.start("cloud", "cluster.port=" + clusterPort);
    edge =
        NodeUnderTest.start(
            "edge",
            "cluster.port=0",
            "cluster.members=127.0.0.1:" + clusterPort,
            "outbox.path=" + folder.resolve("outbox.db"));
  }

  @AfterAll
  static void stopBoth() {
    if (edge != null) {
      edge.close();
    }
    if (cloud != null) {
      cloud.close();
    }
  }

  @Test
  void theDemoRunsAndEverySampleComesOutAsExpected() throws Exception {
    assertThat(commands()).contains("./brink demo\n");

    Result demo = run("./brink demo --once" + ANY_PORTS);

    assertThat(demo.status()).as(demo.output()).isZero();
    assertThat(demo.output()).contains("input", "answer", "route", "reason", "confidence", "ms");
  }

  @Test
  void theCurlGivesTheAnswerThatIsShown() throws Exception {
    Assumptions.assumeTrue(run("command -v curl").status() == 0, "no curl here");
    String curl = only(commands().stream().filter(it -> it.startsWith("curl ")).toList());
    String shown = only(texts("json"));

    Result answer = run(curl);

    assertThat(answer.status()).as(answer.output()).isZero();
    assertThat(new JsonObject(answer.output())).isEqualTo(new JsonObject(shown));
  }

  @Test
  void whatIsSentWithTheLauncherIsAnswered() throws Exception {
    List<String> sent =
        commands().stream().filter(command -> command.startsWith("./brink infer")).toList();
    assertThat(sent).isNotEmpty();

    for (String command : sent) {
      Result answer = run(command);
      assertThat(answer.status()).as(answer.output()).isZero();
      assertThat(answer.output()).contains("answer", "route");
    }
  }

  @Test
  void configurationsAreChecked() throws Exception {
    List<String> checks =
        commands().stream().filter(command -> command.startsWith("./brink check-config")).toList();
    assertThat(checks).isNotEmpty();

    for (String command : checks) {
      assertThat(run(command).status()).isZero();
    }
  }

  @Test
  void nodesStartWithTheCommandsShown() throws Exception {
    List<String> nodes =
        commands().stream()
            .flatMap(String::lines)
            .filter(line -> line.matches("\\./brink (edge|cloud) .*"))
            .toList();
    assertThat(nodes).hasSize(2);

    for (String command : nodes) {
      assertThat(firstLine(command + ANY_PORTS + " --set cluster.port=0"))
          .matches("ready (edge|cloud) http=\\d+ grpc=(\\d+|-) management=\\d+");
    }
  }

  private static List<String> commands() throws IOException {
    return texts("sh");
  }

  private static List<String> texts(String language) throws IOException {
    return MarkdownBlocks.of(ROOT.resolve("README.md")).stream()
        .filter(block -> block.language().equals(language))
        .map(Block::text)
        .toList();
  }

  private static String only(List<String> found) {
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static Result run(String command) throws Exception {
    Process process = shell(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), output);
  }

  /** Starts a node, waits for what it says first, and ends it. */
  private static String firstLine(String command) throws Exception {
    Process process =
        shell("exec " + command + " --set outbox.path=" + folder.resolve("other.db"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.inputReader().readLine();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static ProcessBuilder shell(String command) {
    String here = command.replace("http://127.0.0.1:8000", "http://127.0.0.1:" + edge.httpPort());
    ProcessBuilder shell = new ProcessBuilder("bash", "-c", here).directory(ROOT.toFile());
    shell
        .environment()
        .putAll(Map.of("BRINK_BUILD", "off", "BRINK_JAVA_HOME", System.getProperty("java.home")));
    return shell;
  }
}
