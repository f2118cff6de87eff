package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import dev.brink.model.ExecutionProvider;
import java.util.Map;
import java.util.Set;

/** Runs on the CPU whatever it says, and fails as often as told. */
final class FakeAccelerator implements Executable {

  private final OrtModel real;
  private final Placement placement;
  private final OrtErrorCode code;
  private int failuresLeft;
  private int healthyRuns;
  private boolean closed;

  private FakeAccelerator(OrtModel real, Placement placement, OrtErrorCode code, int failures) {
    this.real = real;
    this.placement = placement;
    this.code = code;
    this.failuresLeft = failures;
  }

  static FakeAccelerator failing(OrtModel real, OrtErrorCode code, int failures) {
    return new FakeAccelerator(real, new Placement(ExecutionProvider.CUDA, 0), code, failures);
  }

  static FakeAccelerator on(OrtModel real, Placement placement) {
    return new FakeAccelerator(real, placement, OrtErrorCode.ORT_EP_FAIL, 0);
  }

  /** Works for so many runs first. */
  FakeAccelerator after(int runs) {
    healthyRuns = runs;
    return this;
  }

  @Override
  public Signature signature() {
    return real.signature();
  }

  @Override
  public Placement placement() {
    return placement;
  }

  @Override
  public OrtSession.Result run(
      Map<String, OnnxTensor> inputs,
      Set<String> free,
      Map<String, OnnxTensor> pinned,
      OrtSession.RunOptions options)
      throws OrtException {
    if (healthyRuns > 0) {
      healthyRuns--;
    } else if (failuresLeft > 0) {
      failuresLeft--;
      throw new OrtException(code, "device lost");
    }
    return real.run(inputs, free, pinned, options);
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    real.close();
  }
}
