package dev.brink.serving;

import ai.onnxruntime.OrtException;

/**
 * An instance with the session that it runs on.
 *
 * @param shares whether the session belongs to others, too, who close it
 */
record BuiltInstance(Executable model, ModelInstance instance, boolean shares)
    implements AutoCloseable {

  /** On a session of its own, which is closed where this fails. */
  static BuiltInstance of(Executable own) throws OrtException {
    try {
      return new BuiltInstance(own, new ModelInstance(own), false);
    } catch (OrtException refused) {
      own.close();
      throw refused;
    }
  }

  static BuiltInstance on(Executable shared) throws OrtException {
    return new BuiltInstance(shared, new ModelInstance(shared), true);
  }

  @Override
  public void close() {
    instance.close();
    if (!shares) {
      model.close();
    }
  }
}
