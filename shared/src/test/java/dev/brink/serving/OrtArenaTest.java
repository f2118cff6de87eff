package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtArenaTest {

  private static final long LIMIT = 32 << 20;
  private static final int MEGABYTE_ROWS = (1 << 20) / (4 * 2);

  @TempDir private static Path root;

  @BeforeAll
  static void share() throws Exception {
    OrtArena.share(LIMIT);
    OnnxFile.model()
        .node("Add", "twice", "x", "x")
        .node("Add", "thrice", "twice", "x")
        .node("Sub", "y", "thrice", "twice")
        .input("x", OnnxFile.FLOAT, -1, 2)
        .output("y", OnnxFile.FLOAT, -1, 2)
        .in(root, "m", 1);
  }

  private static OrtModel open(boolean shared) throws ModelLoadException {
    return new SessionFactory(false, shared)
        .open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1);
  }

  private static Tensor run(OrtModel model, int rows) throws OrtException {
    float[] values = new float[rows * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 0.37f;
    }
    Tensor input = Tensor.ofFloats("x", Shape.of(rows, 2), values);
    InferenceRequest request = HostFixture.request("m", input);
    PendingRequest pending =
        new PendingRequest(request, new Tensor[] {input}, new int[] {0}, rows, 5, 0);
    try (ModelInstance instance = new ModelInstance(model)) {
      return instance.run(List.of(pending)).outputs()[0][0];
    }
  }

  @Test
  void answersAreTheSame() throws Exception {
    try (OrtModel shared = open(true);
        OrtModel own = open(false)) {
      assertThat(run(shared, MEGABYTE_ROWS).data()).isEqualTo(run(own, MEGABYTE_ROWS).data());
    }
  }

  @Test
  void aRunForWhichTheLimitDoesNotSufficeFailsAndOthersGoOn() throws Exception {
    try (OrtModel shared = open(true);
        OrtModel own = open(false)) {
      assertThat(run(own, 24 * MEGABYTE_ROWS).byteSize()).isEqualTo(24 << 20);

      assertThatThrownBy(() -> run(shared, 24 * MEGABYTE_ROWS))
          .isInstanceOf(OrtException.class)
          .hasMessageContaining("memory");
      assertThat(run(shared, MEGABYTE_ROWS).byteSize()).isEqualTo(1 << 20);
    }
  }

  /** Runs of more than 4 MiB give back what they worked in. */
  @Test
  void modelsThatComeAndGoLeaveRoomForTheNext() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (OrtModel shared = open(true)) {
        assertThat(run(shared, MEGABYTE_ROWS).byteSize()).isEqualTo(1 << 20);
        assertThat(run(shared, (5 + i % 3) * MEGABYTE_ROWS).byteSize()).isPositive();
      }
    }
  }

  @Test
  void weightsAreNotCounted() throws Exception {
    int rows = 1 << 10;
    int columns = 10 << 10;
    OnnxFile.matrix(rows, columns, new float[rows * columns]).in(root, "weights", 1);
    SessionFactory sessions = new SessionFactory(false, true);
    Path file = root.resolve("weights/1/model.onnx");
    for (int i = 0; i < 2; i++) {
      try (OrtModel model = sessions.open(file, RuntimeSettings.DEFAULT, 1)) {
        assertThat(file.toFile().length()).isGreaterThan(LIMIT);
        assertThat(model.signature().inputs()).hasSize(1);
      }
    }
  }
}
