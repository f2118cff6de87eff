package dev.brink.oip.http;

import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.json.InferBody;
import dev.brink.oip.json.InferBodyReader;
import dev.brink.oip.json.JsonWriter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;

/** {@code POST /v2/models/{model}[/versions/{version}]/infer}. */
final class InferApi {

  private final Inferences inferences;
  private final ModelCatalog catalog;
  private final RawRequests raw;
  private final HeldConnections held = new HeldConnections();

  InferApi(Inferences inferences, ModelCatalog catalog) {
    this.inferences = inferences;
    this.catalog = catalog;
    this.raw = new RawRequests(catalog);
  }

  void handle(Exchange exchange, ModelPath path) {
    inferences
        .refusal(exchange, path)
        .ifPresentOrElse(error -> refuse(exchange, error), () -> handleRead(exchange, path));
  }

  private void refuse(Exchange exchange, InferenceError error) {
    UnreadBody.refuse(exchange, error);
    held.failed(exchange, error);
  }

  private void fail(Exchange exchange, Throwable failure) {
    exchange.fail(failure);
    held.failed(exchange, InferenceException.errorOf(failure));
  }

  private void handleRead(Exchange exchange, ModelPath path) {
    ContentCoding.named(exchange.header(HttpHeaders.CONTENT_ENCODING))
        .ifPresentOrElse(
            coding -> handle(exchange, path, coding), () -> Answers.unsupportedCoding(exchange));
  }

  private void handle(Exchange exchange, ModelPath path, ContentCoding coding) {
    inferences
        .start(exchange, path, (body, lease) -> decode(exchange, path, coding, body, lease))
        .compose(
            infer ->
                inferences.infer(exchange, infer).compose(result -> send(exchange, infer, result)))
        .onFailure(failure -> fail(exchange, failure));
  }

  private InferBody decode(
      Exchange exchange, ModelPath path, ContentCoding coding, Body packed, MemoryLease lease) {
    Body body = coding.unpack(packed, inferences.maxBodyBytes(), lease);
    String header = exchange.header(WireNames.HEADER_LENGTH);
    int headerLength = WireNames.headerLength(header, body.length());
    return headerLength == 0 && !header.isEmpty()
        ? raw.read(path, body, lease)
        : InferBodyReader.read(
            path.model(), body.bytes(), body.length(), headerLength, lease::take);
  }

  private Future<Void> send(Exchange exchange, Infer infer, InferenceResult result) {
    return switch (result) {
      case InferenceResponse response ->
          new InferSender(exchange, inferences.codec(), catalog).send(infer, response);
      case Deferral deferral -> {
        accepted(exchange, deferral);
        yield Future.succeededFuture();
      }
    };
  }

  private static void accepted(Exchange exchange, Deferral deferral) {
    if (WireNames.prefersAsync(exchange.header("Prefer"))) {
      exchange.response().putHeader("Preference-Applied", "respond-async");
    }
    exchange.response().putHeader(HttpHeaders.LOCATION, "/v2/jobs/" + deferral.jobId());
    Answers.json(
        exchange.response(),
        202,
        new JsonWriter(128)
            .beginObject()
            .member("id", deferral.jobId())
            .member("expires_at", deferral.expiresAt().toString())
            .endObject());
  }
}
