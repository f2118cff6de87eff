package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs requests on a model with memory of its own: copies the inputs of a run behind one another,
 * runs, and cuts the outputs up again. Is at one run at a time; only {@link #endIfUnwanted} may
 * come from another thread meanwhile.
 */
final class ModelInstance implements AutoCloseable {

  private final Executable model;
  private final Signature signature;
  private final Bindings bindings;
  private final RunInProgress current;
  private final MemoryReturn memoryReturn = new MemoryReturn();
  private boolean pinsOutputs = true;

  ModelInstance(Executable model) throws OrtException {
    this.model = model;
    this.signature = model.signature();
    this.bindings = new Bindings(signature);
    this.current = new RunInProgress(model.hasArena());
  }

  /** Runs {@code requests} as one, with nothing more to run after it. */
  InstanceRun run(List<PendingRequest> requests) throws OrtException {
    return run(requests, false);
  }

  /**
   * Runs {@code requests} as one.
   *
   * @param othersWait whether there is more to run after it
   * @throws OrtException where the model failed or the run was ended; see {@link #wasTerminated}
   */
  InstanceRun run(List<PendingRequest> requests, boolean othersWait) throws OrtException {
    long start = System.nanoTime();
    current.prepare();
    int[] wanted = wantedOutputs(requests);
    Binding binding = bindings.bind(shapes(requests));
    Map<String, OnnxTensor> inputs = binding.inputs();
    List<OnnxTensor> texts = new ArrayList<>(0);
    try {
      inputs = fill(binding, requests, texts);
      long ready = System.nanoTime();
      OrtSession.RunOptions options =
          current.begin(requests, memoryReturn.isDue(inputBytes(requests), othersWait, start));
      Tensor[][] outputs;
      long ran;
      try (OrtSession.Result result = execute(binding, inputs, wanted, options)) {
        ran = System.nanoTime();
        outputs = cut(binding, result, wanted, requests);
      }
      return new InstanceRun(outputs, start, ready, ran, System.nanoTime());
    } finally {
      current.end();
      texts.forEach(OnnxTensor::close);
    }
  }

  private static long inputBytes(List<PendingRequest> requests) {
    long bytes = 0;
    for (PendingRequest request : requests) {
      bytes += request.inputBytes();
    }
    return bytes;
  }

  private OrtSession.Result execute(
      Binding binding, Map<String, OnnxTensor> inputs, int[] wanted, OrtSession.RunOptions options)
      throws OrtException {
    try {
      return execute(inputs, wanted, binding.outputs(), options);
    } catch (OrtException failure) {
      if (binding.outputs().isEmpty() || current.wasTerminated()) {
        throw failure;
      }
      OrtSession.Result result = execute(inputs, wanted, Map.of(), options);
      // It works without: this model's output shapes do not follow from its input shapes.
      pinsOutputs = false;
      return result;
    }
  }

  private OrtSession.Result execute(
      Map<String, OnnxTensor> inputs,
      int[] wanted,
      Map<String, OnnxTensor> pinned,
      OrtSession.RunOptions options)
      throws OrtException {
    if (pinned.size() == wanted.length && wanted.length == signature.outputs().size()) {
      return model.run(inputs, Set.of(), pinned, options);
    }
    Set<String> free = new HashSet<>();
    Map<String, OnnxTensor> bound = new HashMap<>();
    for (int index : wanted) {
      String name = signature.outputs().get(index).name();
      if (pinned.containsKey(name)) {
        bound.put(name, pinned.get(name));
      } else {
        free.add(name);
      }
    }
    return model.run(inputs, free, bound, options);
  }

  private int[] wantedOutputs(List<PendingRequest> requests) {
    if (requests.size() == 1) {
      return requests.get(0).outputs();
    }
    BitSet wanted = new BitSet();
    for (PendingRequest request : requests) {
      for (int output : request.outputs()) {
        wanted.set(output);
      }
    }
    return wanted.stream().toArray();
  }

  private List<Shape> shapes(List<PendingRequest> requests) {
    PendingRequest first = requests.get(0);
    int rows = PendingRequest.rows(requests);
    List<Shape> shapes = new ArrayList<>(signature.inputs().size());
    for (int i = 0; i < signature.inputs().size(); i++) {
      Shape shape = first.input(i).shape();
      shapes.add(requests.size() == 1 ? shape : shape.withFirst(rows));
    }
    return shapes;
  }

  private Map<String, OnnxTensor> fill(
      Binding binding, List<PendingRequest> requests, List<OnnxTensor> texts) throws OrtException {
    Map<String, OnnxTensor> inputs = binding.inputs();
    for (int i = 0; i < signature.inputs().size(); i++) {
      TensorSpec spec = signature.inputs().get(i);
      if (spec.dataType() == DataType.BYTES) {
        inputs = texts.isEmpty() ? new HashMap<>(inputs) : inputs;
        OnnxTensor text = text(requests, i, binding.shapes().get(i));
        texts.add(text);
        inputs.put(spec.name(), text);
      } else {
        var slot = binding.input(i);
        for (PendingRequest request : requests) {
          slot.put(request.input(i).data());
        }
      }
    }
    return inputs;
  }

  private static OnnxTensor text(List<PendingRequest> requests, int input, Shape shape)
      throws OrtException {
    List<Tensor> parts = new ArrayList<>(requests.size());
    for (PendingRequest request : requests) {
      parts.add(request.input(input));
    }
    return Texts.toOrt(parts, shape);
  }

  /** By request, then by the outputs it asked for. */
  private Tensor[][] cut(
      Binding binding, OrtSession.Result result, int[] wanted, List<PendingRequest> requests)
      throws OrtException {
    RunOutput[] whole = new RunOutput[signature.outputs().size()];
    for (int index : wanted) {
      TensorSpec spec = signature.outputs().get(index);
      whole[index] = RunOutput.of(spec, binding, result);
      if (pinsOutputs && !binding.outputs().containsKey(spec.name())) {
        bindings.pin(binding, index, whole[index].shape());
      }
    }
    if (!pinsOutputs && !binding.outputs().isEmpty()) {
      bindings.forget();
    }
    return RunOutput.cut(whole, requests);
  }

  boolean wasTerminated() {
    return current.wasTerminated();
  }

  /** Ends the run in progress where nobody waits for it any more; from any thread. */
  void endIfUnwanted(long nowNanos) {
    current.endIfUnwanted(nowNanos);
  }

  long memoryBytes() {
    return bindings.byteSize();
  }

  @Override
  public void close() {
    bindings.close();
    current.close();
  }
}
