package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;

/** The model alone, run after run on one thread: the limit of the moment. */
interface BareLoop {

  /** CPU microseconds per run, measured for about so long. */
  double cpuMicros(double seconds) throws OrtException;
}
