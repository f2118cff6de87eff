package dev.brink.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.e2e.Calls.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Both nodes as processes: what is easy is answered at the edge, the rest in the cloud. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CascadeIT {

  private static final String EASY = "set an alarm for seven in the morning please";
  private static final String OUT_OF_SCOPE = "why do cats purr when they sleep on a radiator";

  @TempDir private static Path folder;
  private static int cloudPort;
  private static NodeUnderTest cloud;
  private static NodeUnderTest edge;

  @BeforeAll
  static void startBoth() throws Exception {
    Models.add(folder.resolve("cloud"), "cloud", "intent", "intent");
    Models.add(folder.resolve("cloud"), "edge", "intent", "only-in-the-cloud");
    cloudPort = Ports.free();
    cloud = startCloud("cloud-1");
    edge =
        NodeUnderTest.start(
            "edge",
            "cluster.port=0",
            "cluster.members=127.0.0.1:" + cloudPort,
            "outbox.path=" + folder.resolve("outbox.db"),
            "tenants.from=header");
    awaitCloud();
  }

  private static NodeUnderTest startCloud(String id) throws Exception {
    return NodeUnderTest.start(
        "cloud",
        "node.id=" + id,
        "models.path=" + folder.resolve("cloud"),
        "cluster.port=" + cloudPort);
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
  @Order(1)
  void anEasyRequestIsAnsweredAtTheEdge() throws Exception {
    Answer answer = Calls.intent(edge, EASY, "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.label()).isEqualTo("alarm");
    assertThat(answer.parameter("brink_route")).isEqualTo("edge");
    assertThat(answer.parameter("brink_reason")).isEqualTo("confident");
    assertThat(answer.parameter("brink_node")).isEqualTo("edge-1");
  }

  @Test
  @Order(2)
  void whatTheEdgeCallsUnknownIsAnsweredInTheCloud() throws Exception {
    Answer answer = Calls.intent(edge, OUT_OF_SCOPE, "");

    assertThat(answer.parameter("brink_route")).isEqualTo("cloud");
    assertThat(answer.parameter("brink_node")).isEqualTo("cloud-1");
    assertThat(answer.parameter("brink_degraded")).isEqualTo("false");
  }

  @Test
  @Order(3)
  void aHardRequestIsAnsweredInTheCloud() throws Exception {
    Answer answer = Calls.intent(edge, EASY, "\"brink_min_confidence\":1.0");

    assertThat(answer.parameter("brink_route")).isEqualTo("cloud");
    assertThat(answer.parameter("brink_reason")).isEqualTo("hard");
  }

  @Test
  @Order(4)
  void theCallerMayForceTheRoute() throws Exception {
    Answer inTheCloud = Calls.intent(edge, EASY, "\"brink_route\":\"cloud\"");
    Answer here = Calls.intent(edge, OUT_OF_SCOPE, "\"brink_route\":\"edge\"");

    assertThat(inTheCloud.parameter("brink_route")).isEqualTo("cloud");
    assertThat(inTheCloud.parameter("brink_reason")).isEqualTo("forced");
    assertThat(here.parameter("brink_route")).isEqualTo("edge");
    assertThat(Calls.intent(edge, EASY, "\"brink_route\":\"moon\"").status()).isEqualTo(400);
  }

  @Test
  @Order(5)
  void aModelOnlyTheCloudHoldsIsAnsweredThere() throws Exception {
    Answer answer =
        Calls.post(
            edge.http("/v2/models/only-in-the-cloud/infer"),
            """
            {"inputs":[{"name":"text","datatype":"BYTES","shape":[1,1],"data":["what time is it"]}]}
            """);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.parameter("brink_reason")).isEqualTo("unknown-model");
  }

  @Test
  @Order(6)
  void aModelNobodyHoldsIsNotFound() throws Exception {
    Answer answer =
        Calls.post(
            edge.http("/v2/models/nowhere/infer"),
            """
            {"inputs":[{"name":"text","datatype":"BYTES","shape":[1,1],"data":["x"]}]}
            """);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().getString("error")).contains("unknown model").contains("nowhere");
  }

  @Test
  @Order(7)
  void theCloudSpeaksTheSameProtocol() throws Exception {
    Answer answer = Calls.intent(cloud, EASY, "");

    assertThat(answer.label()).isEqualTo("alarm");
    assertThat(answer.parameter("brink_route")).isEqualTo("cloud");
  }

  @Test
  @Order(8)
  void metricsTellModelRouteReasonAndStatus() throws Exception {
    String metrics = Calls.get(edge.management("/metrics")).body();

    assertThat(metrics)
        .containsPattern("brink_requests_total\\{[^}]*model=\"intent\"[^}]*reason=\"confident\"")
        .containsPattern("brink_requests_total\\{[^}]*route=\"cloud\"")
        .contains(
            "brink_request_seconds_bucket",
            "brink_model_state",
            "brink_model_device",
            "jvm_memory");
  }

  @Test
  @Order(9)
  void aTenantsJobIsNotThereForAnother() throws Exception {
    Answer mine = Calls.keyed(edge, "acme", "key-1", "respond-async", EASY);
    Answer theirs = Calls.keyed(edge, "other", "key-1", "respond-async", OUT_OF_SCOPE);
    String job = edge.http("/v2/jobs/" + mine.json().getString("id"));

    assertThat(theirs.status()).as(theirs.body()).isEqualTo(202);
    assertThat(theirs.json().getString("id")).isNotEqualTo(mine.json().getString("id"));
    assertThat(Calls.getFor("other", job).status()).isEqualTo(404);
    assertThat(Calls.deleteFor("other", job).status()).isEqualTo(404);
    assertThat(Calls.get(job).status()).isEqualTo(404);
    assertThat(Calls.getFor("other", edge.http("/v2/jobs")).json().getJsonArray("jobs")).hasSize(1);
    Calls.eventually("the job is done", () -> Calls.getFor("acme", job).status() == 200);
    assertThat(Calls.getFor("acme", job).label()).isEqualTo("alarm");
  }

  @Test
  @Order(9)
  void theCloudKeepsTenantsKeysApart() throws Exception {
    Answer mine = Calls.keyed(edge, "acme", "key-2", "", EASY);
    Answer theirs = Calls.keyed(edge, "other", "key-2", "", OUT_OF_SCOPE);

    assertThat(mine.parameter("brink_route")).isEqualTo("cloud");
    assertThat(theirs.status()).as(theirs.body()).isEqualTo(200);
    assertThat(theirs.label()).isNotEqualTo(mine.label());
    assertThat(Calls.keyed(edge, "acme", "key-2", "", OUT_OF_SCOPE).status()).isEqualTo(409);
    assertThat(Calls.keyed(edge, "a/b", "key-2", "", EASY).status()).isEqualTo(400);
  }

  @Test
  @Order(10)
  void everyRequestIsAnsweredWhileTheCloudIsKilled() throws Exception {
    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      Callable<Answer> call = () -> Calls.intent(edge, OUT_OF_SCOPE, "");
      for (int i = 0; i < 40; i++) {
        answers.add(callers.submit(call));
        if (i == 20) {
          cloud.kill();
        }
      }
    }

    for (Future<Answer> answer : answers) {
      assertThat(answer.get().status()).isEqualTo(200);
    }
    assertThat(answers.getLast().get().parameter("brink_route")).isEqualTo("edge");
    assertThat(answers.getLast().get().parameter("brink_degraded")).isEqualTo("true");
  }

  @Test
  @Order(11)
  void anotherCloudNodeIsFoundWithoutRestartingTheEdge() throws Exception {
    cloud.close();
    cloud = startCloud("cloud-2");
    awaitCloud();

    Answer answer = Calls.intent(edge, OUT_OF_SCOPE, "");

    assertThat(answer.parameter("brink_node")).isEqualTo("cloud-2");
    assertThat(answer.parameter("brink_degraded")).isEqualTo("false");
  }

  @Test
  @Order(12)
  void bothDrainOnSigterm() throws Exception {
    assertThat(edge.terminate()).isZero();
    assertThat(cloud.terminate()).isZero();
  }

  private static void awaitCloud() throws Exception {
    Calls.eventually(
        "the edge reaches the cloud",
        () ->
            Calls.intent(edge, EASY, "\"brink_route\":\"cloud\"")
                .parameter("brink_route")
                .equals("cloud"));
  }
}
