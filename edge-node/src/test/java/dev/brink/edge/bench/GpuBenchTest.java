package dev.brink.edge.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.brink.edge.cli.CommandFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GpuBenchTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new GpuBench())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure))
        .execute(arguments);
  }

  private int explain(Exception failure) throws Exception {
    if (failure instanceof CommandFailure expected) {
      err.write(expected.getMessage());
      return expected.status();
    }
    throw failure;
  }

  private Path tiny() throws IOException {
    ServeModels.write(folder);
    return folder.resolve("tiny/1/model.onnx");
  }

  @Test
  void withoutAGpuItSaysWhatIsMissing() throws IOException {
    assumeThat(OrtEnvironment.getAvailableProviders()).doesNotContain(OrtProvider.CUDA);

    int status = run("--model", tiny().toString());

    assertThat(status).isEqualTo(1);
    assertThat(err.toString())
        .contains("no execution provider: cuda:")
        .contains("needs a GPU with CUDA 12 and cuDNN 9, and a build with ./mvnw -Pgpu package");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aModelFileThatIsNotThereIsAWrongArgument() {
    assertThat(run("--model", "absent.onnx")).isEqualTo(2);
    assertThat(err.toString()).contains("--model: no such file absent.onnx");
  }

  @Test
  void eachNumberOfRowsIsARowOfTheTable() throws IOException {
    Path json = folder.resolve("gpu.json");

    int status =
        run(
            "--provider",
            "cpu",
            "--model",
            tiny() + "",
            "--rows",
            "1,4",
            "--seconds",
            "0.5",
            "--out",
            json + "");

    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(out.toString()).startsWith("on the CPU: not what is asked for");
    JsonArray rows = new JsonObject(Files.readString(json)).getJsonArray("rows");
    assertThat(rows).hasSize(2);
    for (Object row : rows) {
      JsonObject figures = (JsonObject) row;
      double limit = Double.parseDouble(figures.getString("rows in a run"));
      assertThat(Double.parseDouble(figures.getString("engine / better bare"))).isPositive();
      assertThat(Double.parseDouble(figures.getString("engine rows in a run")))
          .isBetween(1.0, limit);
    }
  }

  @Test
  void anEngineThatWentElsewhereIsNotCompared() {
    GpuBench.requireSame("cuda:0", "cuda:0");
    assertThatThrownBy(() -> GpuBench.requireSame("cuda:0", "cpu"))
        .hasMessageContaining("on cuda:0 and then on cpu");
  }

  @Test
  void theBusyShareIsTheMeanOfWhatTheDriverSays() throws Exception {
    List<String> name = List.of("echo", "NVIDIA H200, 580.159.04, 143771 MiB");
    List<String> busy = List.of("sh", "-c", "echo 40; echo ' 60'; echo '[N/A]'");
    try (GpuWatch gpu = GpuWatch.of(name, busy)) {
      gpu.awaitEnd();

      assertThat(gpu.name()).isEqualTo("NVIDIA H200, 580.159.04, 143771 MiB");
      assertThat(gpu.busy()).hasValue(50);
      gpu.forget();
      assertThat(gpu.busy()).isEmpty();
    }
  }

  @Test
  void withoutTheDriversCommandNothingIsSaidOfTheGpu() {
    List<String> absent = List.of("brink-no-such-command");
    try (GpuWatch gpu = GpuWatch.of(absent, absent)) {
      assertThat(gpu.busy()).isEmpty();
      assertThat(gpu.name()).isEqualTo("a GPU that nvidia-smi does not name");
    }
  }
}
