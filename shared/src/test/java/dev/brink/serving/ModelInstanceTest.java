package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelInstanceTest {

  @TempDir private Path root;

  private ModelInstance instance;

  private static PendingRequest request(int rows) {
    Tensor input = Tensor.ofFloats("x", Shape.of(2, 2), 1, 2, 3, 4);
    InferenceRequest request = HostFixture.request("m", input);
    return new PendingRequest(
        request, new Tensor[] {input}, new int[] {0}, rows, 5, System.nanoTime());
  }

  @Test
  void theEndOfARunIsNotTakenForThatOfTheNext() throws Exception {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "m", 1);
    OrtModel real =
        new SessionFactory(false).open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1);
    try (Executable ended = new Ended(real);
        ModelInstance made = new ModelInstance(ended)) {
      instance = made;
      assertThatThrownBy(() -> made.run(List.of(request(2)))).isInstanceOf(OrtException.class);
      assertThat(made.wasTerminated()).isTrue();

      List<PendingRequest> moreThanTheySay = List.of(request(1), request(1));
      assertThatThrownBy(() -> made.run(moreThanTheySay)).isInstanceOf(RuntimeException.class);
      assertThat(made.wasTerminated()).isFalse();
    }
  }

  /** Every run of it is past its deadline. */
  private final class Ended extends PassingOn {

    private Ended(OrtModel real) {
      super(real);
    }

    @Override
    public OrtSession.Result run(
        Map<String, OnnxTensor> inputs,
        Set<String> free,
        Map<String, OnnxTensor> pinned,
        OrtSession.RunOptions options)
        throws OrtException {
      instance.endIfUnwanted(System.nanoTime() + 3_600_000_000_000L);
      return super.run(inputs, free, pinned, options);
    }
  }
}
