package dev.brink.edge.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime alone: one thread, on the servers' core while it is measured, one run at a time,
 * tensors made once and bound where the element type allows. Its CPU time per run is the limit of
 * the moment.
 */
final class RawLoop implements BareLoop, AutoCloseable {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final String input;
  private final Object values;
  private final long[] shape;
  private final Map<String, OnnxTensor> outputs;
  private OnnxTensor bound;

  /**
   * @param values a {@code float[]} or a {@code String[]}: one row
   */
  RawLoop(Path model, Object values, long[] shape) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.toString(), options);
    }
    this.input = session.getInputNames().iterator().next();
    this.values = values;
    this.shape = shape;
    this.outputs = outputs();
  }

  private Map<String, OnnxTensor> outputs() throws OrtException {
    try (OnnxTensor in = input();
        OrtSession.Result result = session.run(Map.of(input, in))) {
      for (Map.Entry<String, OnnxValue> output : result) {
        if (output.getValue().getInfo() instanceof TensorInfo info
            && info.type == OnnxJavaType.FLOAT) {
          float[] memory = new float[(int) info.getNumElements()];
          return Map.of(output.getKey(), tensor(memory, info.getShape()));
        }
      }
    }
    throw new IllegalArgumentException("no output of floats");
  }

  private OnnxTensor input() throws OrtException {
    return values instanceof String[] texts
        ? OnnxTensor.createTensor(environment, texts, shape)
        : tensor((float[]) values, shape);
  }

  private OnnxTensor tensor(float[] numbers, long[] dimensions) throws OrtException {
    FloatBuffer memory =
        ByteBuffer.allocateDirect(4 * numbers.length)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    memory.put(0, numbers);
    return OnnxTensor.createTensor(environment, memory, dimensions);
  }

  @Override
  public double cpuMicros(double seconds) throws OrtException {
    return cpuMicros(List.of(this), seconds);
  }

  /** As {@link BareLoop#cpuMicros}, of {@code loops} by turns, on the servers' core. */
  static double cpuMicros(List<RawLoop> loops, double seconds) throws OrtException {
    return ServerCore.there(() -> measured(loops, seconds));
  }

  private static double measured(List<RawLoop> loops, double seconds) throws OrtException {
    for (RawLoop loop : loops) {
      loop.run();
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long cpu = THREADS.getCurrentThreadCpuTime();
    long runs = 0;
    while (System.nanoTime() < end) {
      loops.get((int) (runs % loops.size())).run();
      runs++;
    }
    return (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / runs;
  }

  private void run() throws OrtException {
    if (bound == null || values instanceof String[]) {
      unbind();
      bound = input();
    }
    session.run(Map.of(input, bound), outputs).close();
  }

  private void unbind() {
    if (bound != null) {
      bound.close();
    }
  }

  /** The answer, to compare a server's with. */
  float[] answer() throws OrtException {
    try (OnnxTensor in = input();
        OrtSession.Result result = session.run(Map.of(input, in))) {
      FloatBuffer numbers = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] answer = new float[numbers.remaining()];
      numbers.get(answer);
      return answer;
    }
  }

  @Override
  public void close() throws OrtException {
    unbind();
    outputs.values().forEach(OnnxTensor::close);
    session.close();
  }
}
