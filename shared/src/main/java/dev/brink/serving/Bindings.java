package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.TensorSpec;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The memory of one instance and its most recently used bindings; for one run at a time. */
final class Bindings implements AutoCloseable {

  private static final int MAX_BINDINGS = 64;

  /** Outputs above this size are not kept pinned: their memory is worth more than the copy. */
  private static final int MAX_PINNED_BYTES = 16 << 20;

  private final Signature signature;
  private final DirectMemory[] inputMemory;
  private final DirectMemory[] outputMemory;
  private final Map<List<Shape>, Binding> recent = new LinkedHashMap<>(16, 0.75f, true);

  Bindings(Signature signature) {
    this.signature = signature;
    this.inputMemory = memory(signature.inputs());
    this.outputMemory = memory(signature.outputs());
  }

  private static DirectMemory[] memory(List<TensorSpec> specs) {
    return Stream.generate(DirectMemory::new).limit(specs.size()).toArray(DirectMemory[]::new);
  }

  Binding bind(List<Shape> shapes) throws OrtException {
    Binding known = recent.get(shapes);
    if (known != null) {
      return known;
    }
    if (inputsMustGrow(shapes)) {
      forget();
    } else if (recent.size() >= MAX_BINDINGS) {
      forgetOldest();
    }
    Binding binding = new Binding(signature.inputs(), List.copyOf(shapes), inputMemory);
    recent.put(binding.shapes(), binding);
    return binding;
  }

  /** Has later runs with {@code binding} write output {@code index} to memory of ours. */
  void pin(Binding binding, int index, Shape shape) throws OrtException {
    TensorSpec output = signature.outputs().get(index);
    if (ElementTypes.bindable(output.dataType()).isEmpty() || shape.elementCount() == 0) {
      return;
    }
    int bytes = Binding.byteSize(output.dataType(), shape);
    if (bytes > MAX_PINNED_BYTES) {
      return;
    }
    if (outputMemory[index].mustGrow(bytes)) {
      forget();
      outputMemory[index].view(bytes);
    } else {
      binding.pin(output, shape, outputMemory[index].view(bytes));
    }
  }

  /** Forgets every binding: the memory moved, or the model does not keep to its shapes. */
  void forget() {
    recent.values().forEach(Binding::close);
    recent.clear();
  }

  private void forgetOldest() {
    Iterator<Binding> oldest = recent.values().iterator();
    oldest.next().close();
    oldest.remove();
  }

  private boolean inputsMustGrow(List<Shape> shapes) {
    for (int i = 0; i < inputMemory.length; i++) {
      DataType type = signature.inputs().get(i).dataType();
      if (type.isFixedSize() && inputMemory[i].mustGrow(Binding.byteSize(type, shapes.get(i)))) {
        return true;
      }
    }
    return false;
  }

  long byteSize() {
    return Stream.of(inputMemory, outputMemory)
        .flatMap(Stream::of)
        .mapToLong(DirectMemory::capacity)
        .sum();
  }

  @Override
  public void close() {
    forget();
  }
}
