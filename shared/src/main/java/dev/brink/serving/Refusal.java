package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ExecutionProvider;

/** Why an execution provider is not used. */
record Refusal(ExecutionProvider provider, String reason) {

  static Refusal of(ExecutionProvider provider, OrtException refused) {
    return new Refusal(provider, OrtMessages.plain(refused));
  }

  @Override
  public String toString() {
    return provider.word() + ": " + reason;
  }
}
