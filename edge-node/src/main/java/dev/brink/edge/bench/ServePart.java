package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;

/** A part of a measurement that can be had alone. */
interface ServePart {

  void measure(ServeFixture fixture, Windows windows, ServeReport report)
      throws IOException, OrtException;
}
