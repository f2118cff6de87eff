package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ExecutionProvider;

/** Why an execution provider is not used. */
record Refusal(ExecutionProvider provider, String reason) {

  /** With the reason that the system gives, where ONNX Runtime only says that it did not work. */
  static Refusal of(ExecutionProvider provider, OrtException refused) {
    String library = ProviderLibrary.fault(provider).map(fault -> ": " + fault).orElse("");
    return new Refusal(provider, OrtMessages.plain(refused) + library);
  }

  @Override
  public String toString() {
    return provider.word() + ": " + reason;
  }
}
