package dev.brink.oip.http;

import dev.brink.inference.Cancellation;
import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.RequestContext;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.ContentCoding;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.json.InferBody;
import dev.brink.oip.json.InferBodyReader;
import dev.brink.oip.json.JsonWriter;
import dev.brink.oip.rules.Classification;
import dev.brink.oip.rules.InferenceCall;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.rules.RequestRules;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/** {@code POST /v2/models/{model}[/versions/{version}]/infer}. */
final class InferApi {

  private final InferenceCall call;
  private final Optional<InferenceCall> deferred;
  private final RawRequests raw;
  private final OipSettings settings;
  private final MemoryBudget budget;
  private final CodecThreads codec;

  InferApi(
      InferenceCall call,
      Optional<InferenceCall> deferred,
      ModelCatalog catalog,
      OipSettings settings,
      MemoryBudget budget,
      CodecThreads codec) {
    this.call = call;
    this.deferred = deferred;
    this.raw = new RawRequests(catalog);
    this.settings = settings;
    this.budget = budget;
    this.codec = codec;
  }

  void handle(Exchange exchange, ModelPath path) {
    Cancellation cancellation = new Cancellation();
    MemoryLease lease = new MemoryLease(budget);
    exchange.onGone(cancellation::cancel);
    exchange.onEnd(lease::close);
    new BodyReader(exchange, settings, lease)
        .read()
        .compose(body -> decode(exchange, path, body, lease, cancellation))
        .compose(infer -> answer(exchange, infer))
        .onFailure(exchange::fail);
  }

  private Future<Infer> decode(
      Exchange exchange, ModelPath path, Body body, MemoryLease lease, Cancellation cancellation) {
    return codec.run(
        body.length(),
        () -> {
          ContentCoding coding = ContentCoding.named(body.encoding());
          Body plain = coding.unpack(body, settings.maxBodyBytes(), lease);
          return infer(exchange, path, read(exchange, path, plain), cancellation);
        });
  }

  private InferBody read(Exchange exchange, ModelPath path, Body body) {
    String header = exchange.header(WireNames.HEADER_LENGTH);
    int headerLength = WireNames.headerLength(header, body.length());
    return headerLength == 0 && !header.isEmpty()
        ? raw.read(path, body)
        : InferBodyReader.read(path.model(), body.bytes(), body.length(), headerLength);
  }

  private Infer infer(
      Exchange exchange, ModelPath path, InferBody body, Cancellation cancellation) {
    RequestContext context =
        new RequestContext(
            call.deadline(body.parameters(), settings.defaultTimeout()),
            (int) Math.min(body.parameters().unsigned("priority").orElse(0L), Integer.MAX_VALUE),
            exchange.tenant(),
            exchange.header("traceparent"),
            exchange.header("Idempotency-Key"),
            cancellation);
    InferenceRequest request =
        new InferenceRequest(
            path.model(),
            path.version(),
            body.id(),
            body.parameters(),
            body.inputs(),
            body.outputs(),
            context);
    RequestRules.check(request);
    return new Infer(request, body.encoding());
  }

  private Future<Void> answer(Exchange exchange, Infer infer) {
    InferenceRequest plain = Classification.plain(infer.request());
    return chosen(exchange).infer(plain).compose(result -> send(exchange, infer, result));
  }

  /** A caller who would rather not wait is served by whoever keeps requests, where there is one. */
  private InferenceCall chosen(Exchange exchange) {
    return WireNames.prefersAsync(exchange.header("Prefer")) ? deferred.orElse(call) : call;
  }

  private Future<Void> send(Exchange exchange, Infer infer, InferenceResult result) {
    return switch (result) {
      case InferenceResponse response -> new InferSender(exchange, codec).send(infer, response);
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
            .member("job", deferral.jobId())
            .member("expires_at", deferral.expiresAt().toString())
            .endObject());
  }
}
