package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;

/**
 * How often and how long each case is looked at.
 *
 * @param warmSeconds of load before
 * @param seconds of a window
 */
record Windows(int rounds, double warmSeconds, double seconds) {

  /** Warms all cases, then takes their windows in turn, so that a disturbance meets all of them. */
  void run(List<ServeCase> cases) throws IOException, OrtException {
    for (ServeCase each : cases) {
      each.warm(warmSeconds);
    }
    for (int round = 0; round < rounds; round++) {
      for (ServeCase each : cases) {
        each.measure(seconds);
      }
    }
  }
}
