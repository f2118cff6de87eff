package dev.brink.serving;

import static dev.brink.serving.HostFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.inference.DataType;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.RequestContext;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.model.ModelState;
import dev.brink.routing.NodeSnapshot;
import dev.brink.routing.Router;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.SlowModelTrials;
import dev.brink.routing.Thresholds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelHostTest {

  @TempDir private static Path root;
  private static HostFixture node;

  @BeforeAll
  static void start() throws IOException {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "matrix", 1);
    OnnxFile.identity(OnnxFile.STRING).in(root, "echo", 1);
    OnnxFile.model()
        .node("Add", "sum", "a", "b")
        .node("Sub", "difference", "a", "b")
        .input("a", OnnxFile.INT64, -1, 1)
        .input("b", OnnxFile.INT64, -1, 1)
        .output("sum", OnnxFile.INT64, -1, 1)
        .output("difference", OnnxFile.INT64, -1, 1)
        .in(root, "two", 1);
    OnnxFile.identity(OnnxFile.UINT32).in(root, "unsigned", 1);
    Files.writeString(root.resolve("matrix/labels.txt"), "eins\nzwei\n");
    Files.writeString(root.resolve("matrix/others.txt"), "one\ntwo\n");
    Files.writeString(root.resolve("matrix/model.yaml"), "labels: { other: others.txt }");
    OnnxFile.identity(OnnxFile.STRING).in(root, "short", 1);
    Files.writeString(root.resolve("short/model.yaml"), "input: { max-text-length: 16384 }");
    OnnxFile.model()
        .node("Identity", "y", "x")
        .input("x", OnnxFile.FLOAT, 1, 400_000_000)
        .output("y", OnnxFile.FLOAT, 1, 400_000_000)
        .in(root, "huge", 1);
    Files.createDirectories(root.resolve("corrupt/1"));
    Files.writeString(root.resolve("corrupt/1/model.onnx"), "this is no model");
    Files.write(root.resolve("bare.onnx"), OnnxFile.identity(OnnxFile.FLOAT).bytes());
    node = new HostFixture(root);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Tensor longs(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return Tensor.of(name, DataType.INT64, Shape.of(values.length, 1), raw);
  }

  @Test
  void rowsAreAnsweredWithProvenance() {
    InferenceResponse answer =
        node.answer(request("matrix", Tensor.ofFloats("x", Shape.of(2, 2), 1, 0, 0, 1)));

    assertThat(answer.outputs()).hasSize(1);
    assertThat(answer.outputs().get(0).toFloats()).containsExactly(1, 2, 3, 4);
    assertThat(answer.outputs().get(0).shape()).isEqualTo(Shape.of(2, 2));
    assertThat(answer.modelVersion()).isEqualTo("1");
    assertThat(answer.id()).isEqualTo("id-1");
    assertThat(answer.provenance().route()).isEqualTo(Route.EDGE);
    assertThat(answer.provenance().node()).isEqualTo("node-1");
    assertThat(answer.provenance().timings().edge()).isPositive();
  }

  @Test
  void theSameShapeAgainGivesItsOwnAnswer() {
    for (int i = 0; i < 5; i++) {
      InferenceResponse answer =
          node.answer(request("matrix", Tensor.ofFloats("x", Shape.of(1, 2), i, 1)));
      assertThat(answer.outputs().get(0).toFloats()).containsExactly(i + 3, 2 * i + 4);
    }
  }

  @Test
  void textReachesTheModelAsItIs() {
    InferenceResponse answer =
        node.answer(
            request(
                "echo",
                Tensor.ofStrings("x", Shape.of(2, 2), List.of("café", "你好", "a😀b", "nul\0nul"))));

    assertThat(answer.outputs().get(0).toStrings())
        .containsExactly("café", "你好", "a😀b", "nul\0nul");
  }

  @Test
  void anElementOfTextThatIsTooLongIsRefusedByName() {
    Tensor text = Tensor.ofStrings("x", Shape.of(1, 2), List.of("short", "y".repeat(20_000)));

    assertThat(node.refusal(request("short", text)))
        .isEqualTo(
            new InferenceError.InvalidRequest(
                "input 'x': an element of 20000 bytes (expected: <= 16384)"));
  }

  @Test
  void labelsStandBesideTheModel() {
    assertThat(node.host().labels("matrix", "", "y")).containsExactly("eins", "zwei");
    assertThat(node.host().labels("matrix", "1", "other")).containsExactly("one", "two");
    assertThat(node.host().labels("echo", "", "y")).isEmpty();
    assertThat(node.host().labels("nowhere", "", "y")).isEmpty();
  }

  @Test
  void aModelWhoseOneRequestIsLargerThanTheHeapIsServedUntried() {
    assertThat(node.host().describe("huge", "").version()).isEqualTo("1");
    assertThat(node.host().estimate(request("huge"))).hasValue(new RunEstimate(0, 0, true));
  }

  @Test
  void aModelThatHasRunAndHasNothingToDoIsFreeAndTriedForShortDeadlines() {
    InferenceRequest request = request("matrix", Tensor.ofFloats("x", Shape.of(1, 2), 1, 0));
    for (int run = 0; run < 10; run++) {
      node.answer(request);
    }
    RunEstimate run = node.host().estimate(request).orElseThrow();
    var edge =
        new NodeSnapshot.EdgeView(
            true, Optional.empty(), run.waitNanos(), run.serviceNanos(), run.isFree(), false);
    NodeSnapshot now =
        new NodeSnapshot(0, edge, NodeSnapshot.CloudView.offline(), Thresholds.fixed(0));
    Deadline half = new Deadline(edge.latencyNanos() / 2);

    RoutingDecision decision =
        new SlowModelTrials(new Router(), () -> 0)
            .route(request.withContext(RequestContext.until(half)), now);

    assertThat(decision).isInstanceOf(RoutingDecision.Local.class);
  }

  @Test
  void onlyTheOutputsAskedForComeInThatOrder() {
    InferenceResponse both =
        node.answer(
            request(
                "two",
                List.of(RequestedOutput.of("difference"), RequestedOutput.of("sum")),
                longs("a", 5),
                longs("b", 3)));
    InferenceResponse one =
        node.answer(
            request(
                "two", List.of(RequestedOutput.of("difference")), longs("b", 3), longs("a", 5)));

    assertThat(both.outputs()).extracting(Tensor::name).containsExactly("difference", "sum");
    assertThat(both.outputs().get(1).data().getLong()).isEqualTo(8);
    assertThat(one.outputs()).extracting(Tensor::name).containsExactly("difference");
    assertThat(one.outputs().get(0).data().getLong()).isEqualTo(2);
  }

  @Test
  void noRowsAreAnsweredWithNoRows() {
    InferenceResponse answer = node.answer(request("matrix", Tensor.ofFloats("x", Shape.of(0, 2))));

    assertThat(answer.outputs().get(0).shape()).isEqualTo(Shape.of(0, 2));
  }

  @Test
  void requestsThatDoNotFitTheModelAreRefusedInTheProtocolsWords() {
    assertThat(node.refusal(request("two")).message())
        .isEqualTo(
            "expected 2 inputs but got 0 inputs for model 'two'. Got input(s) [], but missing"
                + " required input(s) ['a','b']. Please provide all required input(s).");
    assertThat(
            node.refusal(request("matrix", Tensor.ofFloats("z", Shape.of(1, 2), 1, 2))).message())
        .isEqualTo("unexpected inference input 'z' for model 'matrix'");
    assertThat(node.refusal(request("matrix", longs("x", 1))).message())
        .isEqualTo("inference input 'x' data-type is 'INT64', but model 'matrix' expects 'FP32'");
    assertThat(node.refusal(request("matrix", Tensor.ofFloats("x", Shape.of(1, 1), 1))).message())
        .isEqualTo("unexpected shape for input 'x' for model 'matrix'. Expected [-1,2], got [1,1]");
    assertThat(node.refusal(request("two", longs("a", 1, 2), longs("b", 1))).message())
        .isEqualTo("input 'b' batch size does not match other inputs for model 'two'");
    assertThat(
            node.refusal(request("matrix", Tensor.ofFloats("x", Shape.of(65, 2), new float[130])))
                .message())
        .isEqualTo("inference request batch-size must be <= 64 for 'matrix'");
    assertThat(
            node.refusal(
                    request(
                        "matrix",
                        List.of(RequestedOutput.of("nope")),
                        Tensor.ofFloats("x", Shape.of(1, 2), 1, 2)))
                .message())
        .isEqualTo("unexpected inference output 'nope' for model 'matrix'");
  }

  @Test
  void unknownModelsAndVersionsAreToldApart() {
    assertThatThrownBy(() -> node.host().describe("nope", ""))
        .hasMessage("Request for unknown model: 'nope' is not found");
    assertThatThrownBy(() -> node.host().describe("matrix", "7"))
        .hasMessage("Request for unknown model: 'matrix' version 7 is not found");
    assertThatThrownBy(() -> node.host().describe("corrupt", "1"))
        .hasMessage("Request for unknown model: 'corrupt' version 1 is not at ready state");
    assertThatThrownBy(() -> node.host().describe("corrupt", ""))
        .hasMessage("Request for unknown model: 'corrupt' has no available versions");
    assertThatThrownBy(() -> node.host().describe("matrix", "one"))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("'one'");
  }

  @Test
  void theFileSaysWhatAModelTakesAndGives() {
    assertThat(node.host().describe("bare", "").inputs())
        .containsExactly(new TensorSpec("x", DataType.FP32, Shape.of(-1, 2)));
    assertThat(node.host().describe("echo", "1").outputs())
        .containsExactly(new TensorSpec("y", DataType.BYTES, Shape.of(-1, 2)));
  }

  @Test
  void modelsThatCannotBeServedAreKnownWithTheReason() {
    assertThat(node.host().isReady()).isTrue();
    assertThat(node.host().index())
        .anySatisfy(
            status -> {
              assertThat(status.name()).isEqualTo("unsigned");
              assertThat(status.state()).isEqualTo(ModelState.UNAVAILABLE);
              assertThat(status.reason()).contains("input 'x' has data-type UINT32");
            })
        .anySatisfy(
            status -> {
              assertThat(status.name()).isEqualTo("corrupt");
              assertThat(status.state()).isEqualTo(ModelState.UNAVAILABLE);
              assertThat(status.reason()).isNotEmpty().doesNotContain("onnxruntime_src");
            });
  }

  @Test
  void statisticsCountRuns() {
    node.answer(request("two", longs("a", 1), longs("b", 1)));

    assertThat(node.host().statistics("two", ""))
        .singleElement()
        .satisfies(
            statistics -> {
              assertThat(statistics.success().count()).isPositive();
              assertThat(statistics.batches()).containsKey(1);
            });
    assertThat(node.host().activity())
        .filteredOn(activity -> activity.name().equals("two"))
        .singleElement()
        .satisfies(
            activity -> {
              assertThat(activity.runs()).isPositive();
              assertThat(activity.rows()).isPositive();
              assertThat(activity.busyNanos()).isPositive();
              assertThat(activity.memoryBytes()).isPositive();
              assertThat(activity.instances()).isPositive();
            });
  }

  @Test
  void whatWasMeasuredIsPublished() {
    assertThat(node.host().describe("bare", "").properties())
        .hasEntrySatisfying("learned_rows", rows -> assertThat(rows).matches("[1-9]\\d*"))
        .hasEntrySatisfying("run_micros", micros -> assertThat(micros).matches("1:\\d+(,.*)?"));
  }
}
