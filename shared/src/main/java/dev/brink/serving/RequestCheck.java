package dev.brink.serving;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.model.InputSettings;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Checks a request against a model's signature before anything waits or runs, so that one bad
 * request never meets another's run. The words are Triton's: clients match on them.
 */
final class RequestCheck {

  private final String model;
  private final Signature signature;
  private final int maxRows;
  private final int maxTextLength;

  RequestCheck(String model, Signature signature, int maxRows, InputSettings limits) {
    this.model = model;
    this.signature = signature;
    this.maxRows = maxRows;
    this.maxTextLength = limits.maxTextLength();
  }

  /**
   * The request's inputs in the signature's order.
   *
   * @throws InferenceException (invalid request)
   */
  Tensor[] inputs(InferenceRequest request) {
    Tensor[] ordered = new Tensor[signature.inputs().size()];
    for (Tensor input : request.inputs()) {
      int index =
          signature
              .inputIndex(input.name())
              .orElseThrow(
                  () -> invalid("unexpected inference input '%s'%s", input.name(), forModel()));
      if (ordered[index] != null) {
        throw invalid("input '%s' already exists in request", input.name());
      }
      ordered[index] = input;
    }
    requireAll(request, ordered);
    for (int i = 0; i < ordered.length; i++) {
      check(ordered[i], signature.inputs().get(i));
    }
    return ordered;
  }

  /**
   * Indexes of the outputs to give, in the order of the answer.
   *
   * @throws InferenceException (invalid request)
   */
  int[] outputs(InferenceRequest request) {
    List<RequestedOutput> wanted = request.outputs();
    int count = wanted.isEmpty() ? signature.outputs().size() : wanted.size();
    int[] indexes = new int[count];
    for (int i = 0; i < count; i++) {
      indexes[i] = wanted.isEmpty() ? i : outputIndex(wanted.get(i).name());
      for (int j = 0; j < i; j++) {
        if (indexes[j] == indexes[i]) {
          throw invalid("output '%s' already exists in request", wanted.get(i).name());
        }
      }
    }
    return indexes;
  }

  /**
   * Rows of checked {@code inputs}; 1 for a model that does not batch.
   *
   * @throws InferenceException (invalid request)
   */
  int rows(Tensor[] inputs) {
    if (!signature.batches()) {
      return 1;
    }
    long rows = inputs[0].shape().dimension(0);
    for (Tensor input : inputs) {
      if (input.shape().dimension(0) != rows) {
        throw invalid(
            "input '%s' batch size does not match other inputs%s", input.name(), forModel());
      }
    }
    if (rows > maxRows) {
      throw invalid("inference request batch-size must be <= %d for '%s'", maxRows, model);
    }
    return (int) rows;
  }

  private int outputIndex(String name) {
    return signature
        .outputIndex(name)
        .orElseThrow(() -> invalid("unexpected inference output '%s'%s", name, forModel()));
  }

  private void requireAll(InferenceRequest request, Tensor[] ordered) {
    if (request.inputs().size() == ordered.length) {
      return;
    }
    StringBuilder missing = new StringBuilder();
    for (int i = 0; i < ordered.length; i++) {
      if (ordered[i] == null) {
        missing
            .append(missing.isEmpty() ? "'" : ",'")
            .append(signature.inputs().get(i).name())
            .append('\'');
      }
    }
    String got =
        request.inputs().stream()
            .map(input -> "'" + input.name() + "'")
            .collect(Collectors.joining(","));
    throw invalid(
        "expected %d inputs but got %d inputs%s. Got input(s) [%s], but missing required input(s)"
            + " [%s]. Please provide all required input(s).",
        ordered.length, request.inputs().size(), forModel(), got, missing);
  }

  private void check(Tensor input, TensorSpec spec) {
    if (input.dataType() != spec.dataType()) {
      throw invalid(
          "inference input '%s' data-type is '%s', but model '%s' expects '%s'",
          input.name(), input.dataType(), model, spec.dataType());
    }
    if (!spec.shape().accepts(input.shape())) {
      throw invalid(
          "unexpected shape for input '%s'%s. Expected %s, got %s",
          input.name(), forModel(), spec.shape(), input.shape());
    }
    if (input.dataType() == DataType.BYTES) {
      Texts.requireLengths(input, maxTextLength);
    }
  }

  private String forModel() {
    return " for model '" + model + "'";
  }

  private static InferenceException invalid(String format, Object... arguments) {
    return InferenceError.invalid(format.formatted(arguments));
  }
}
