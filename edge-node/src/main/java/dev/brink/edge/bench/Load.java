package dev.brink.edge.bench;

import java.io.IOException;
import java.util.function.DoubleSupplier;

/**
 * Sends one request over and over: the next of a connection or stream when its last is answered.
 */
interface Load extends AutoCloseable {

  /**
   * @param meter of what the server spends, read at the window's ends
   */
  LoadWindow closed(double warmSeconds, double seconds, DoubleSupplier meter) throws IOException;

  @Override
  void close() throws IOException;
}
