package dev.brink.serving;

import dev.brink.inference.Shape;

/** A run of several requests gave an output that cannot be told apart by request. */
final class RowsLostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RowsLostException(String output, Shape shape, int rows) {
    super(
        "output '%s' has shape %s for %d rows".formatted(output, shape, rows), null, false, false);
  }
}
