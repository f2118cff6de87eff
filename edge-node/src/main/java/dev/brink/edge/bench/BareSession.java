package dev.brink.edge.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.inference.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** ONNX Runtime alone, with its own defaults for the provider. */
final class BareSession implements AutoCloseable {

  private final OrtSession session;

  /**
   * @param provider {@code cuda}, {@code tensorrt} or {@code cpu}
   */
  BareSession(Path file, String provider) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      switch (provider) {
        case "cuda" -> options.addCUDA();
        case "tensorrt" -> options.addTensorrt(0);
        default -> {
          // The CPU is always there.
        }
      }
      session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
    }
  }

  /** The whole of {@code inputs} in each run, {@code atOnce} runs at a time. */
  double runsPerSecond(List<Tensor> inputs, int atOnce, double seconds) {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    Callable<Long> loop = () -> runs(inputs, end);
    try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      long runs = 0;
      for (Future<Long> counted : threads.invokeAll(Collections.nCopies(atOnce, loop))) {
        runs += counted.get();
      }
      return runs / ((System.nanoTime() - start) / 1e9);
    } catch (ExecutionException failure) {
      throw CommandFailure.failed("the bare loop failed: " + failure.getCause().getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private long runs(List<Tensor> inputs, long end) throws OrtException {
    try (BareRun run = new BareRun(session, inputs)) {
      long runs = 0;
      while (System.nanoTime() < end) {
        run.run();
        runs++;
      }
      return runs;
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
