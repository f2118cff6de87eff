package dev.brink.model;

import java.util.Locale;

/** What ONNX Runtime runs a model on, as far as it was built with it and the machine has it. */
public enum ExecutionProvider {
  CPU,
  CUDA,
  TENSORRT,
  XNNPACK,
  OPENVINO,
  COREML;

  /** Whether it runs on devices that are counted from 0. */
  public boolean hasDevices() {
    return this == CUDA || this == TENSORRT;
  }

  /** The word in configuration and metadata: {@code cuda}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
