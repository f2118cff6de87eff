package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.model.ExecutionProvider;
import java.util.Map;
import java.util.Set;

/** A model that can be run, from any number of threads. */
interface Executable extends AutoCloseable {

  Signature signature();

  /** What it runs on first of all; single operators may run elsewhere. */
  Placement placement();

  default ExecutionProvider provider() {
    return placement().provider();
  }

  /** Whether the memory that runs work in on the CPU is kept for the next run. */
  default boolean hasArena() {
    return true;
  }

  /**
   * Gives {@code free} in tensors of its own, and {@code pinned} in those given; see {@link
   * OrtSession#run(Map, Set, Map, OrtSession.RunOptions)}.
   */
  OrtSession.Result run(
      Map<String, OnnxTensor> inputs,
      Set<String> free,
      Map<String, OnnxTensor> pinned,
      OrtSession.RunOptions options)
      throws OrtException;

  @Override
  void close();
}
