package dev.brink.edge.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.inference.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** ONNX Runtime alone, with its own defaults for the provider. */
final class BareSession implements AutoCloseable {

  /** One that fails leaves the others waiting for it no longer than this. */
  private static final long PATIENCE_SECONDS = 60;

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

  /**
   * The whole of {@code inputs} in each run, {@code atOnce} runs at a time. Memory, threads and
   * first runs are there before the clock starts.
   */
  double runsPerSecond(List<Tensor> inputs, int atOnce, double seconds) {
    CyclicBarrier start = new CyclicBarrier(atOnce);
    Callable<Double> loop = () -> runsPerSecond(inputs, start, seconds);
    try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      double rate = 0;
      for (Future<Double> counted : threads.invokeAll(Collections.nCopies(atOnce, loop))) {
        rate += counted.get();
      }
      return rate;
    } catch (ExecutionException failure) {
      throw CommandFailure.failed("the bare loop failed: " + failure.getCause().getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private double runsPerSecond(List<Tensor> inputs, CyclicBarrier start, double seconds)
      throws OrtException, InterruptedException, TimeoutException, BrokenBarrierException {
    try (BareRun run = new BareRun(session, inputs)) {
      run.run();
      start.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      long begun = System.nanoTime();
      long end = begun + (long) (seconds * 1e9);
      long runs = 0;
      long now = begun;
      while (now < end) {
        run.run();
        runs++;
        now = System.nanoTime();
      }
      return runs / ((now - begun) / 1e9);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
