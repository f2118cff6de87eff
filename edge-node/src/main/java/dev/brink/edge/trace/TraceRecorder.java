package dev.brink.edge.trace;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Reason;
import dev.brink.inference.Timings;
import dev.brink.model.CascadeSettings;
import dev.brink.resilience.Ticker;
import dev.brink.routing.AnswerLabels;
import dev.brink.routing.CascadeFeedback;
import dev.brink.routing.Verdict;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Hears of every verdict what the objective hears, and writes it down. Thread-safe. */
public final class TraceRecorder implements CascadeFeedback {

  private final CascadeFeedback feedback;
  private final Function<InferenceRequest, Optional<CascadeSettings>> settings;
  private final TraceFile file;
  private final Ticker ticker;
  private final LongSupplier wallMillis;

  /**
   * @param feedback whose word counts
   * @param settings which say what the label of an answer is
   * @param mostBytes after which nothing is added to {@code file}
   * @param ticker the clock of the requests' deadlines
   */
  public TraceRecorder(
      CascadeFeedback feedback,
      Function<InferenceRequest, Optional<CascadeSettings>> settings,
      Path file,
      long mostBytes,
      Ticker ticker,
      LongSupplier wallMillis) {
    this.feedback = feedback;
    this.settings = settings;
    this.file = new TraceFile(file, mostBytes);
    this.ticker = ticker;
    this.wallMillis = wallMillis;
  }

  /** Writes what was heard; blocks. To be called every now and then, and at the end. */
  public void flush() {
    file.flush();
  }

  @Override
  public boolean admits(
      InferenceRequest request, Verdict.Escalate verdict, InferenceResponse edge) {
    boolean admitted = feedback.admits(request, verdict, edge);
    if (!admitted) {
      record(request, verdict, Reason.BUDGET, edge, null);
    }
    return admitted;
  }

  @Override
  public boolean pays(InferenceRequest request) {
    return feedback.pays(request);
  }

  @Override
  public boolean audits(InferenceRequest request, Verdict.Keep verdict, InferenceResponse edge) {
    boolean audited = feedback.audits(request, verdict, edge);
    if (!audited) {
      record(request, verdict, verdict.reason(), edge, null);
    }
    return audited;
  }

  @Override
  public void compared(
      InferenceRequest request, Verdict verdict, InferenceResponse edge, InferenceResponse cloud) {
    feedback.compared(request, verdict, edge, cloud);
    record(request, verdict, verdict.reason(), edge, cloud);
  }

  @Override
  public void unanswered(InferenceRequest request, Verdict verdict, InferenceResponse edge) {
    feedback.unanswered(request, verdict, edge);
    record(request, verdict, verdict.reason(), edge, null);
  }

  /**
   * @param cloud null where it was not asked or did not answer
   */
  private void record(
      InferenceRequest request,
      Verdict verdict,
      Reason reason,
      InferenceResponse edge,
      InferenceResponse cloud) {
    if (!file.isFull()) {
      settings
          .apply(request)
          .ifPresent(cascade -> file.add(line(cascade, request, verdict, reason, edge, cloud)));
    }
  }

  private TraceLine line(
      CascadeSettings cascade,
      InferenceRequest request,
      Verdict verdict,
      Reason reason,
      InferenceResponse edge,
      InferenceResponse cloud) {
    Timings here = edge.provenance().timings();
    Timings there = cloud == null ? Timings.NONE : cloud.provenance().timings();
    long edgeNanos = here.queue() + here.edge();
    long agoNanos = edgeNanos + (cloud == null ? 0 : there.uplink() + there.cloud());
    return new TraceLine(
        wallMillis.getAsLong() * 1000 - micros(agoNanos),
        request.modelName(),
        verdict.confidence(),
        verdict.unknown(),
        String.join("|", AnswerLabels.of(cascade, edge)),
        reason.wireName(),
        cloud == null ? Optional.empty() : AnswerLabels.agree(cascade, edge, cloud),
        micros(request.context().deadline().remainingNanos(ticker.nanos()) + agoNanos),
        micros(edgeNanos),
        micros(there.uplink()),
        micros(there.cloud()));
  }

  private static long micros(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos);
  }
}
