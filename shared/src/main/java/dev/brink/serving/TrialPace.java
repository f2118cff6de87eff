package dev.brink.serving;

import dev.brink.model.ExecutionProvider;

/**
 * How a model is tried at load, by what it runs on.
 *
 * @param preparesEachSize whether the first run of each size is of no account: an accelerator loads
 *     its kernels and plans its convolutions in it, which takes a hundred times a typical run
 * @param preparationNanos for such first runs together; sizes not reached are learned later
 * @param budgetNanos for the measured runs together
 * @param tolerance largest difference that company may make and still count as rounding, relative
 *     to the largest value
 */
record TrialPace(
    boolean preparesEachSize, long preparationNanos, long budgetNanos, double tolerance) {

  private static final TrialPace CPU = new TrialPace(false, 0, 60_000_000L, 1e-4);

  /**
   * The tolerance is five times the 2<sup>-10</sup> of a TF32 factor: CUDA multiplies floats so by
   * default, and picks its kernels by the number of rows.
   */
  private static final TrialPace ACCELERATOR =
      new TrialPace(true, 20_000_000_000L, 500_000_000L, 5e-3);

  static TrialPace on(ExecutionProvider provider) {
    return switch (provider) {
      case CUDA, TENSORRT -> ACCELERATOR;
      case CPU, XNNPACK, OPENVINO, COREML -> CPU;
    };
  }
}
