package dev.brink.edge.outbox;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static dev.brink.edge.outbox.store.StoreFixture.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.DataSize;
import dev.brink.edge.outbox.store.ClaimedJob;
import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.resilience.ManualTicker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {

  @TempDir Path folder;
  private Outbox outbox;

  @BeforeEach
  void open() {
    outbox =
        Outbox.open(
            Requests.settings(folder.resolve("outbox.db")),
            InstantSource.system(),
            new ManualTicker());
  }

  @AfterEach
  void close() throws IOException {
    outbox.close();
  }

  @Test
  void aRequestComesOutAsItWentIn() {
    InferenceRequest request = Requests.request("turn on the light");

    Deferral deferral = await(outbox.enqueue(request));

    ClaimedJob claim = await(outbox.store().claim(1)).get(0);
    InferenceRequest restored = JobCodec.toRequest(claim.request(), request.context());
    assertThat(claim.job().id()).isEqualTo(deferral.jobId());
    assertThat(restored.modelName()).isEqualTo(request.modelName());
    assertThat(restored.id()).isEqualTo(request.id());
    assertThat(restored.inputs().get(0).toStrings()).containsExactly("turn on the light");
  }

  @Test
  void theKeyAndTheRequestNameTheJob() {
    Deferral first = await(outbox.enqueue(Requests.withKey("k", "hello")));
    Deferral again = await(outbox.enqueue(Requests.withKey("k", "hello")));

    assertThat(again).isEqualTo(first);
    assertThat(errorOf(outbox.enqueue(Requests.withKey("k", "goodbye"))))
        .isInstanceOf(InferenceError.Conflict.class);
  }

  @Test
  void requestsWithoutAKeyAreJobsOfTheirOwn() {
    Deferral first = await(outbox.enqueue(Requests.request("hello")));
    Deferral second = await(outbox.enqueue(Requests.request("hello")));

    assertThat(second.jobId()).isNotEqualTo(first.jobId());
  }

  @Test
  void aCallbackIsRefusedWhereNoHostIsAllowed() {
    InferenceRequest request =
        Requests.with("hello", "brink_callback", "http://169.254.169.254/latest");

    assertThat(errorOf(outbox.enqueue(request)))
        .isInstanceOfSatisfying(
            InferenceError.InvalidRequest.class,
            error -> assertThat(error.message()).contains("outbox.callback.allow"));
  }

  @Test
  void whatMustNotLeaveTheSiteIsNoJob() {
    assertThat(errorOf(outbox.enqueue(Requests.with("hello", "brink_route", "local-only"))))
        .isInstanceOfSatisfying(
            InferenceError.InvalidRequest.class,
            error -> assertThat(error.message()).contains("brink_route"));
    assertThat(outbox.store().usage().total()).isZero();
  }

  @Test
  void aJobMayLiveShorterThanTheSettingsSayAndNotLonger() {
    Deferral hour = await(outbox.enqueue(Requests.with("hello", "brink_job_max_age", 3600L)));

    assertThat(hour.expiresAt())
        .isBefore(InstantSource.system().instant().plus(Duration.ofMinutes(61)));
    assertThat(errorOf(outbox.enqueue(Requests.with("hello", "brink_job_max_age", 604801L))))
        .isInstanceOf(InferenceError.InvalidRequest.class);
  }

  @Test
  void aRequestLargerThanTheOutboxIsRefused() {
    assertThat(errorOf(outbox.enqueue(Requests.request("x".repeat((int) Requests.MAX.bytes())))))
        .isInstanceOf(InferenceError.StorageFull.class);
    assertThat(Requests.MAX).isEqualTo(DataSize.parse("1MiB"));
  }
}
