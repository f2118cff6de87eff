package dev.brink.cloud.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deadline;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static final LoadReport LOAD = new LoadReport(1, 2, 0.5, 1000, 0, 0);

  private final ManualTicker ticker = new ManualTicker();
  private final Admission admission = new Admission("c", new WorkerLimits(2, 1000), ticker);
  private final List<Promise<InferenceResult>> running = new ArrayList<>();
  private final InferenceService service =
      admission.before(
          FakeInferenceService.behaving(
              request -> {
                Promise<InferenceResult> answer = Promise.promise();
                running.add(answer);
                return answer.future();
              }));

  @Test
  void whatExceedsTheNumberIsRefusedAtOnceAndLetInWhenThereIsRoom() {
    service.infer(request(1));
    service.infer(request(1));

    Future<InferenceResult> third = service.infer(request(1));
    running.get(0).fail("done");
    Future<InferenceResult> fourth = service.infer(request(1));

    assertThat(InferenceException.errorOf(third.cause()))
        .isInstanceOf(InferenceError.Overloaded.class);
    assertThat(fourth.isComplete()).isFalse();
  }

  @Test
  void whatExceedsTheBytesIsRefusedUnlessItIsAlone() {
    Future<InferenceResult> huge = service.infer(request(300));
    Future<InferenceResult> small = service.infer(request(1));

    assertThat(huge.isComplete()).isFalse();
    assertThat(small.failed()).isTrue();
  }

  @Test
  void anEighthMoreIsLetInOfWhatIsImportant() {
    Admission large = new Admission("c", new WorkerLimits(16, 1_000_000), ticker);
    InferenceService busy =
        large.before(
            FakeInferenceService.behaving(request -> Promise.<InferenceResult>promise().future()));
    for (int i = 0; i < 16; i++) {
      busy.infer(request(1));
    }

    assertThat(busy.infer(request(1)).failed()).isTrue();
    assertThat(busy.infer(request(1, 5)).failed()).isTrue();
    assertThat(busy.infer(request(1, 4)).failed()).isFalse();
    assertThat(busy.refusal("m", "")).isEmpty();
    assertThat(busy.infer(request(1, 1)).failed()).isFalse();
    assertThat(busy.infer(request(1, 1)).failed()).isTrue();
    assertThat(busy.refusal("m", "")).containsInstanceOf(InferenceError.Overloaded.class);
  }

  @Test
  void whoeverThrowsLeavesHisPlace() {
    InferenceService broken =
        admission.before(
            request -> {
              throw new IllegalStateException("a bug");
            });

    for (int i = 0; i < 3; i++) {
      assertThat(broken.infer(request(1)).cause()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aFullNodeRefusesWhatIsNotReadYet() {
    service.infer(request(1));
    assertThat(service.refusal("m", "")).isEmpty();

    service.infer(request(1));
    assertThat(service.refusal("m", "")).containsInstanceOf(InferenceError.Overloaded.class);

    running.get(0).fail("done");
    assertThat(service.refusal("m", "")).isEmpty();
  }

  @Test
  void whatTheServiceWouldRefuseIsRefused() {
    InferenceError error = new InferenceError.Unavailable("away", Duration.ofSeconds(1));

    assertThat(admission.before(FakeInferenceService.refusing(error)).refusal("m", ""))
        .contains(error);
  }

  @Test
  void sendersThatAreMadeUpAreNotRememberedWithoutEnd() {
    for (int i = 0; i < 10_000; i++) {
      admission.sent("made-up-" + i);
    }

    assertThat(admission.senders()).isLessThanOrEqualTo(4096);
  }

  @Test
  void activeSendersAreGrantedEqualParts() {
    assertThat(admission.grant("a", LOAD).creditRequests()).isEqualTo(2);

    admission.sent("b");

    assertThat(admission.grant("a", LOAD)).isEqualTo(new LoadReport(1, 2, 0.5, 1000, 1, 500));
  }

  @Test
  void aSenderThatFellSilentKeepsNothing() {
    admission.sent("b");

    ticker.advance(Duration.ofMillis(1001));

    assertThat(admission.grant("a", LOAD).creditRequests()).isEqualTo(2);
  }

  @Test
  void everybodyMaySendOneHoweverManyTheyAre() {
    for (int i = 0; i < 100; i++) {
      admission.sent("edge-" + i);
    }

    assertThat(admission.grant("a", LOAD).creditRequests()).isEqualTo(1);
  }

  private InferenceRequest request(int floats, int priority) {
    InferenceRequest request = request(floats);
    return request.withContext(request.context().withPriority(priority));
  }

  private InferenceRequest request(int floats) {
    return new InferenceRequest(
        "m",
        "",
        "",
        Parameters.none(),
        List.of(Tensor.ofFloats("x", Shape.of(floats), new float[floats])),
        List.of(),
        RequestContext.until(Deadline.after(Duration.ofSeconds(5), ticker.nanos())));
  }
}
