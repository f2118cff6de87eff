package dev.brink.serving;

import dev.brink.inference.Tensor;

/** What a run gave, by request and output, and when its steps were done, by {@code nanoTime}. */
@SuppressWarnings("ArrayRecordComponent")
record InstanceRun(
    Tensor[][] outputs, long startNanos, long readyNanos, long ranNanos, long doneNanos) {

  long inputNanos() {
    return readyNanos - startNanos;
  }

  long inferNanos() {
    return ranNanos - readyNanos;
  }

  long outputNanos() {
    return doneNanos - ranNanos;
  }

  long totalNanos() {
    return doneNanos - startNanos;
  }
}
