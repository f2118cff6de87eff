package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;
import java.util.Set;

/** Passes everything on to another model, but for what a test says. */
class PassingOn implements Executable {

  private final Executable model;

  PassingOn(Executable model) {
    this.model = model;
  }

  @Override
  public Signature signature() {
    return model.signature();
  }

  @Override
  public Placement placement() {
    return model.placement();
  }

  @Override
  public OrtSession.Result run(
      Map<String, OnnxTensor> inputs,
      Set<String> free,
      Map<String, OnnxTensor> pinned,
      OrtSession.RunOptions options)
      throws OrtException {
    return model.run(inputs, free, pinned, options);
  }

  @Override
  public void close() {
    model.close();
  }
}
