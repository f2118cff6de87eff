package dev.brink.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.e2e.Calls.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An edge node without any cloud: it starts, serves, and takes bad input for what it is. */
class EdgeAloneIT {

  private static final String GOOD =
      "{'inputs':[{'name':'text','datatype':'BYTES','shape':[1,1],'data':['what time is it']}]}";

  @TempDir private static Path folder;
  private static NodeUnderTest edge;

  @BeforeAll
  static void start() throws Exception {
    Path models = folder.resolve("models");
    Models.add(models, "edge", "intent", "intent");
    Files.createDirectories(models.resolve("broken/1"));
    Files.writeString(models.resolve("broken/1/model.onnx"), "this is no model");
    edge =
        NodeUnderTest.start(
            "edge",
            "models.path=" + models,
            "http.max-body=1MiB",
            "cluster.port=0",
            "cluster.members=127.0.0.1:" + Ports.free(),
            "outbox.path=" + folder.resolve("outbox.db"));
  }

  @AfterAll
  static void stop() {
    if (edge != null) {
      edge.close();
    }
  }

  @Test
  void itAnswersWithWhatItKnowsAndSaysSo() throws Exception {
    Answer answer = Calls.intent(edge, "why do cats purr when they sleep on a radiator", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.label()).isEqualTo("oos");
    assertThat(answer.parameter("brink_degraded")).isEqualTo("true");
    assertThat(answer.parameter("brink_reason")).isEqualTo("offline");
  }

  @Test
  void aModelThatIsNotHereIsUnavailableForNow() throws Exception {
    Answer answer = post("elsewhere", GOOD);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().getString("error")).contains("elsewhere").contains("respond-async");
  }

  @Test
  void aCorruptModelDoesNotHinderTheOthers() throws Exception {
    assertThat(Calls.get(edge.http("/v2/models/broken/ready")).status()).isNotEqualTo(200);
    assertThat(Calls.post(edge.http("/v2/repository/index"), "").body())
        .contains("broken")
        .contains("UNAVAILABLE");
    assertThat(post("intent", GOOD).status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "malformed JSON     | {'inputs':[                                           | 400 | ",
        "no inputs          | {}                                                    | 400 | inputs",
        "wrong name         |"
            + " {'inputs':[{'name':'txt','datatype':'BYTES','shape':[1,1],'data':['x']}]} | 400 |"
            + " txt",
        "wrong type         |"
            + " {'inputs':[{'name':'text','datatype':'FP32','shape':[1,1],'data':[1]}]} | 400 |"
            + " text",
        "no such type       |"
            + " {'inputs':[{'name':'text','datatype':'TEXT','shape':[1,1],'data':['x']}]} | 400 |"
            + " text",
        "wrong rank         |"
            + " {'inputs':[{'name':'text','datatype':'BYTES','shape':[1],'data':['x']}]} | 400 |"
            + " text",
        "negative dimension |"
            + " {'inputs':[{'name':'text','datatype':'BYTES','shape':[-1,1],'data':['x']}]} | 400 |"
            + " shape",
        "too few elements   |"
            + " {'inputs':[{'name':'text','datatype':'BYTES','shape':[2,1],'data':['x']}]} | 400 |"
            + " data",
        "not a string       |"
            + " {'inputs':[{'name':'text','datatype':'BYTES','shape':[1,1],'data':[7]}]} | 400 | ",
        "no such output     |"
            + " {'inputs':[{'name':'text','datatype':'BYTES','shape':[1,1],'data':['x']}],'outputs':[{'name':'nix'}]}"
            + " | 400 | nix"
      })
  void badInputIsNamedAndTheNextRequestIsAnswered(
      String what, String body, int status, String named) throws Exception {
    Answer answer = post("intent", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().getString("error")).isNotBlank().contains(named == null ? "" : named);
    assertThat(post("intent", GOOD).status()).isEqualTo(200);
  }

  @Test
  void aBodyBeyondTheLimitIsRefused() throws Exception {
    Answer answer = post("intent", GOOD.replace("what time is it", "x".repeat(1 << 20)));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().getString("error")).isNotBlank();
    assertThat(post("intent", GOOD).status()).isEqualTo(200);
  }

  @Test
  void anEmojiDoesNotFailItsBatch() throws Exception {
    Answer answer =
        post(
            "intent",
            "{'inputs':[{'name':'text','datatype':'BYTES','shape':[3,1],"
                + "'data':['what time is it','\uD83D\uDE00 \\u0000','']}]}");

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.label()).isEqualTo("time");
  }

  private static Answer post(String model, String body) throws Exception {
    return Calls.post(edge.http("/v2/models/" + model + "/infer"), body.replace('\'', '"'));
  }
}
