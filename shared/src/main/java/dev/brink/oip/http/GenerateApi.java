package dev.brink.oip.http;

import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.json.GenerateAnswerWriter;
import dev.brink.oip.json.GenerateBodyReader;
import dev.brink.oip.json.InferBody;
import dev.brink.oip.json.JsonWriter;
import dev.brink.oip.wire.WireProvenance;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/**
 * {@code POST /v2/models/{model}[/versions/{version}]/generate} and {@code generate_stream}: JSON
 * in, JSON out, or one server-sent event.
 */
final class GenerateApi {

  private final Inferences inferences;
  private final ModelCatalog catalog;

  GenerateApi(Inferences inferences, ModelCatalog catalog) {
    this.inferences = inferences;
    this.catalog = catalog;
  }

  void generate(Exchange exchange, ModelPath path) {
    answer(exchange, path, false);
  }

  void stream(Exchange exchange, ModelPath path) {
    answer(exchange, path, true);
  }

  private void answer(Exchange exchange, ModelPath path, boolean asEvent) {
    ModelDescription model = catalog.describe(path.model(), path.version());
    inferences
        .start(exchange, path, (body, lease) -> read(model, body, lease))
        .compose(infer -> inferences.infer(exchange, infer).map(result -> write(infer, result)))
        .onSuccess(json -> send(exchange.response(), json, asEvent))
        .onFailure(exchange::fail);
  }

  private static InferBody read(ModelDescription model, Body body, MemoryLease lease) {
    if (!ContentCoding.named(body.encoding()).equals(Optional.of(ContentCoding.IDENTITY))) {
      throw InferenceError.invalid(
          "Content-Encoding of generate must be identity, got: " + body.encoding());
    }
    return GenerateBodyReader.read(
        body.bytes(), body.length(), model.inputs(), model.maxBatchSize() > 0, lease::take);
  }

  private static JsonWriter write(Infer infer, InferenceResult result) {
    return switch (result) {
      case InferenceResponse response ->
          GenerateAnswerWriter.write(
              response.withId(infer.request().id()),
              WireProvenance.toParameters(response.provenance()));
      case Deferral deferral ->
          new JsonWriter(128).beginObject().member("brink_job", deferral.jobId()).endObject();
    };
  }

  private static void send(HttpServerResponse response, JsonWriter json, boolean asEvent) {
    if (!asEvent) {
      Answers.json(response, json);
    } else if (Answers.isOpen(response)) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8");
      response.end(
          Buffer.buffer("data: ").appendBuffer(Answers.buffer(json.bytes())).appendString("\n\n"));
    }
  }
}
