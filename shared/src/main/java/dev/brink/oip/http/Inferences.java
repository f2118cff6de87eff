package dev.brink.oip.http;

import dev.brink.inference.Cancellation;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.RequestContext;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.json.InferBody;
import dev.brink.oip.rules.Classification;
import dev.brink.oip.rules.ForwardedHeaders;
import dev.brink.oip.rules.InferenceCall;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.rules.RequestRules;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.BiFunction;

/** From an exchange's body to a request, and from there to what the service makes of it. */
final class Inferences {

  private final InferenceCall call;
  private final Optional<InferenceCall> deferring;
  private final OipSettings settings;
  private final ForwardedHeaders forwarded;
  private final MemoryBudget budget;
  private final CodecThreads codec;

  Inferences(
      InferenceCall call,
      Optional<InferenceCall> deferring,
      OipSettings settings,
      ForwardedHeaders forwarded,
      MemoryBudget budget,
      CodecThreads codec) {
    this.call = call;
    this.deferring = deferring;
    this.settings = settings;
    this.forwarded = forwarded;
    this.budget = budget;
    this.codec = codec;
  }

  /** Reads bodies into the contents of requests; may throw what it finds wrong. */
  @FunctionalInterface
  interface Decoder {
    /**
     * @param lease for whatever does not stand over the body
     */
    InferBody decode(Body body, MemoryLease lease);
  }

  /**
   * Why a request would be refused whatever its body says. Who would rather not wait, and who may
   * be repeating a request that was answered already, is heard first.
   */
  Optional<InferenceError> refusal(Exchange exchange, ModelPath path) {
    long announced = BodyReader.announced(exchange);
    if (announced <= settings.maxBodyBytes() && !budget.hasRoom(announced)) {
      return Optional.of(BodyReader.noMemory());
    }
    boolean mayBeKnown = !exchange.header("Idempotency-Key").isEmpty();
    return mayBeKnown || WireNames.prefersAsync(exchange.header("Prefer"))
        ? Optional.empty()
        : call.refusal(path.model(), path.version());
  }

  Future<Infer> start(Exchange exchange, ModelPath path, Decoder decoder) {
    Cancellation cancellation = new Cancellation();
    MemoryLease lease = new MemoryLease(budget);
    exchange.onGone(cancellation::cancel);
    exchange.onEnd(lease::close);
    return new BodyReader(exchange, settings, lease)
        .read()
        .compose(
            body ->
                codec.read(
                    body,
                    textLength(exchange, body),
                    () -> infer(exchange, path, decoder.decode(body, lease), cancellation)));
  }

  /** Of a packed body the header tells the length within what it unpacks to. */
  private static int textLength(Exchange exchange, Body body) {
    return body.encoding().isEmpty()
        ? WireNames.headerLength(exchange.header(WireNames.HEADER_LENGTH), body.length())
        : body.length();
  }

  private Infer infer(
      Exchange exchange, ModelPath path, InferBody body, Cancellation cancellation) {
    RequestContext context =
        new RequestContext(
            call.deadline(body.parameters(), settings.defaultTimeout(), exchange.arrivedNanos()),
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
            forwarded.addTo(body.parameters(), exchange.request().headers()),
            body.inputs(),
            body.outputs(),
            context);
    RequestRules.check(request);
    return new Infer(request, body.encoding());
  }

  Future<InferenceResult> infer(Exchange exchange, Infer infer) {
    return chosen(exchange).infer(Classification.plain(infer.request()));
  }

  /** A caller who would rather not wait is served by whoever keeps requests, where there is one. */
  private InferenceCall chosen(Exchange exchange) {
    return WireNames.prefersAsync(exchange.header("Prefer")) ? deferring.orElse(call) : call;
  }

  CodecThreads codec() {
    return codec;
  }

  long maxBodyBytes() {
    return settings.maxBodyBytes();
  }

  /** What {@code reader} makes of a body, for those who want no inference. */
  <T> Future<T> read(Exchange exchange, BiFunction<Body, MemoryLease, T> reader) {
    MemoryLease lease = new MemoryLease(budget);
    exchange.onEnd(lease::close);
    return new BodyReader(exchange, settings, lease)
        .read()
        .compose(body -> codec.run(body.length(), () -> reader.apply(body, lease)));
  }
}
