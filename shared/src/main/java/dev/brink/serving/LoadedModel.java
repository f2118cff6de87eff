package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.inference.Cancellation;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Tensor;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelActivity;
import dev.brink.model.ModelSettings;
import dev.brink.model.ModelStatistics;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One version of a model in service: its session, queue, instances and what is known of them. */
final class LoadedModel {

  private final String name;
  private final String version;
  private final String generation;
  private final long fileBytes;
  private final ModelSettings settings;
  private final List<DeviceSession> devices;
  private final Executable model;
  private final RequestCheck check;
  private final LatencyProfile profile;
  private final BatchEffect effect;
  private final Labels labels;
  private final ModelTotals totals = new ModelTotals();
  private final Optional<Sequences> sequences;
  private final Signature visible;
  private final boolean evenRows;
  private final Batcher batcher;
  private final Runs runs;
  private final Instances instances = new Instances();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Ticker ticker;

  LoadedModel(
      String name,
      String version,
      long serial,
      long fileBytes,
      ModelSettings settings,
      List<DeviceSession> devices,
      LatencyProfile profile,
      BatchEffect effect,
      Labels labels,
      Answerer answerer,
      Workers workers,
      Ticker ticker)
      throws ModelLoadException {
    this.name = name;
    this.version = version;
    this.fileBytes = fileBytes;
    this.generation = version + "/" + serial;
    this.settings = settings;
    this.devices = List.copyOf(devices);
    this.model = devices.get(0).session();
    this.ticker = ticker;
    this.effect = effect;
    this.labels = labels;
    this.profile = profile;
    this.check = new RequestCheck(name, model.signature(), profile.maxRows(), settings.input());
    BatchQueue queue = new BatchQueue(settings.batching(), profile, batches());
    boolean gathers = queue.perRun() > 1 || Runtime.getRuntime().availableProcessors() == 1;
    this.batcher = new Batcher(name, queue, gathers, workers, this::run, ticker);
    Optional<SequenceSignature> stateful = sequenceSignature(settings, model.signature());
    this.evenRows = model.signature().hasEvenRows();
    this.visible = stateful.map(SequenceSignature::visible).orElse(model.signature());
    if (settings.cascade().isPresent()) {
      CascadeCheck.require(settings.cascade().get(), visible.outputs());
    }
    this.sequences = stateful.map(this::sequences);
    this.runs = new Runs(name, version, answerer, profile, totals, ticker);
  }

  private Sequences sequences(SequenceSignature stateful) {
    RequestCheck visibleCheck = new RequestCheck(name, visible, 1, settings.input());
    return new Sequences(name, settings.sequence().orElseThrow(), stateful, visibleCheck, ticker);
  }

  private static Optional<SequenceSignature> sequenceSignature(
      ModelSettings settings, Signature whole) throws ModelLoadException {
    return settings.sequence().isEmpty()
        ? Optional.empty()
        : Optional.of(SequenceSignature.of(whole, settings.sequence().get().state()));
  }

  /** What the values of {@code output} stand for. */
  List<String> labels(String output) {
    return labels.of(output);
  }

  /** Starts {@code count} instances, by turns on the devices; requests are taken from now on. */
  void start(int count) throws OrtException {
    instances.build(name, count, devices);
    batcher.add(instances.slots());
  }

  private void run(
      InstanceSlot instance, List<PendingRequest> requests, boolean othersWait, Worker worker) {
    long now = ticker.nanos();
    long expected = expectedNanos(requests);
    boolean isLong = instance.provider().hasDevices() || expected >= Workers.LONG_NANOS;
    worker.beginRun(now, expected, isLong);
    instance.begin(now, othersWait);
    try {
      runs.run(instance, requests, worker.handOver());
      if (instance.isBroken()) {
        worker.handOver().send();
        mend(instance);
      }
    } finally {
      instance.end(ticker.nanos());
      worker.endRun();
    }
  }

  /** Where a run's length does not follow from its rows, or is not known, it counts as long. */
  private long expectedNanos(List<PendingRequest> requests) {
    long known = evenRows ? profile.estimate(PendingRequest.rows(requests)) : 0;
    return known == 0 ? Workers.LONG_NANOS : known;
  }

  private void mend(InstanceSlot instance) {
    Placement before = instance.placement();
    instance.mend();
    if (!instance.placement().equals(before)) {
      profile.forget();
    }
  }

  /**
   * Has {@code request} answered; empty where this version is being retired.
   *
   * @throws InferenceException (invalid request) where the request does not fit the model
   */
  Optional<Future<InferenceResult>> submit(InferenceRequest request) {
    return sequences.isPresent()
        ? sequences.get().infer(request, this::submitOrFail)
        : submitWhole(request);
  }

  private Future<InferenceResult> submitOrFail(InferenceRequest request) {
    return submitWhole(request)
        .orElseGet(() -> Future.failedFuture(HostedModels.notReady(name, version)));
  }

  private Optional<Future<InferenceResult>> submitWhole(InferenceRequest request) {
    PendingRequest pending = pending(request);
    if (pending.rows() == 0) {
      return Optional.of(
          Future.succeededFuture(runs.empty(request, pending.outputs(), model.signature())));
    }
    inFlight.incrementAndGet();
    if (!batcher.submit(pending)) {
      inFlight.decrementAndGet();
      return Optional.empty();
    }
    leaveWhenCancelled(pending);
    return Optional.of(pending.future().onComplete((answer, failure) -> ended(pending, failure)));
  }

  private void ended(PendingRequest pending, Throwable failure) {
    inFlight.decrementAndGet();
    if (failure != null) {
      totals.unanswered().count(failure, ticker.nanos() - pending.enqueuedNanos());
    }
  }

  private PendingRequest pending(InferenceRequest request) {
    Tensor[] inputs = check.inputs(request);
    int[] outputs = check.outputs(request);
    int priority = request.context().priority();
    return new PendingRequest(
        request,
        inputs,
        outputs,
        check.rows(inputs),
        priority == 0 ? settings.batching().defaultPriority() : priority,
        ticker.nanos());
  }

  private void leaveWhenCancelled(PendingRequest pending) {
    Cancellation cancellation = pending.request().context().cancellation();
    cancellation.onCancel(
        () -> {
          if (pending.fail(new InferenceError.Cancelled("cancelled by the caller"))) {
            batcher.remove(pending);
            instances.endUnwanted(ticker.nanos());
          }
        });
  }

  /** Ends what can no longer be answered in time, waiting or running; called now and then. */
  void sweep() {
    sequences.ifPresent(Sequences::sweep);
    batcher.sweep();
    if (inFlight.get() > 0) {
      instances.endUnwanted(ticker.nanos());
    }
  }

  /** Why a request that has not been read yet would be refused; empty where it may well not be. */
  Optional<InferenceError> refusal() {
    Optional<InferenceError> refusal = sequences.isPresent() ? Optional.empty() : batcher.refusal();
    refusal.ifPresent(refused -> totals.unanswered().countUnread());
    return refusal;
  }

  /**
   * @param priority 0: the default
   */
  RunEstimate estimate(int priority) {
    long own = profile.estimate(1);
    long wait = batcher.waitNanos(priority == 0 ? settings.batching().defaultPriority() : priority);
    boolean isIdle = inFlight.get() < instances.count();
    long first = batcher.workerNanos() + (isIdle ? 0 : own / 2);
    return new RunEstimate(wait > 0 ? wait : first, own, isIdle && wait == 0);
  }

  String name() {
    return name;
  }

  String generation() {
    return generation;
  }

  String version() {
    return version;
  }

  ModelSettings settings() {
    return settings;
  }

  /** What callers give and get: everything but a sequence's state. */
  Signature signature() {
    return visible;
  }

  /** Whether requests share runs. */
  boolean batches() {
    boolean harmless = effect == BatchEffect.NONE || effect == BatchEffect.ROUNDING;
    return model.signature().batches()
        && settings.batching().enabled()
        && (harmless || settings.batching().allowDependent());
  }

  /** What was found out about it at load, for the log. */
  String summary() {
    return "instances=%d device=%s batch_effect=%s run_micros=%d"
        .formatted(instances.count(), devices(), effect.word(), profile.estimate(1) / 1000);
  }

  /** What its instances run on, in words. */
  String providers() {
    return instances.providers();
  }

  /** The devices that its instances run on, in words. */
  String devices() {
    return instances.devices();
  }

  /** Whether its file may be opened again while it is in service. */
  boolean reopens() {
    return model.provider() != ExecutionProvider.CPU;
  }

  BatchEffect effect() {
    return effect;
  }

  LatencyProfile profile() {
    return profile;
  }

  int inFlight() {
    return inFlight.get();
  }

  int waiting() {
    return batcher.waiting();
  }

  int instanceCount() {
    return instances.count();
  }

  ModelStatistics statistics() {
    return totals.snapshot(name, version, memoryBytes());
  }

  ModelActivity activity() {
    return new ModelActivity(
        name,
        version,
        waiting(),
        inFlight(),
        instanceCount(),
        busyNanos(),
        totals.executions(),
        totals.rows(),
        totals.unanswered().byReason(),
        batcher.rowsPerRun(),
        profile.known(),
        memoryBytes());
  }

  /** Its weights, by the size of its file, and the memory of its instances. */
  long memoryBytes() {
    return fileBytes + instances.memoryBytes();
  }

  /** Nanoseconds that its instances have spent in runs, those in progress included. */
  long busyNanos() {
    return instances.busyNanos(ticker.nanos());
  }

  /** Begins no more sequences; says whether there are any under way that could go on. */
  boolean retire() {
    return sequences.isPresent() && sequences.get().retire();
  }

  /** Whether {@code request} goes on with a sequence that is under way here. */
  boolean continues(InferenceRequest request) {
    return sequences.isPresent() && sequences.get().isUnderWay(request);
  }

  /** Forgets the sequence that {@code request} has begun on another version. */
  void abandon(InferenceRequest request) {
    sequences.ifPresent(all -> all.abandon(request));
  }

  int sequenceCount() {
    return sequences.map(Sequences::size).orElse(0);
  }

  /** Runs what waits, then gives everything back; blocks for as long as that takes. */
  void close() {
    retire();
    batcher.close();
    instances.close();
    devices.forEach(DeviceSession::close);
  }
}
