package dev.brink.edge.bench;

import dev.brink.edge.outbox.store.JobStore;
import dev.brink.edge.outbox.store.StoreSettings;
import dev.brink.inference.InferenceError.StorageFull;
import dev.brink.inference.InferenceException;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Memory while the outbox fills to its cap, and what a start with a full one costs. */
@Command(
    name = "outbox-cap",
    description = "Fills an outbox to its cap: memory on the way, and the start with all of it.",
    mixinStandardHelpOptions = true)
final class OutboxCapBench implements Callable<Integer> {

  private static final int STEPS = 5;
  private static final int CLAIMED = 8;

  @Option(names = "--jobs", description = "The cap; default: ${DEFAULT-VALUE}")
  private int jobs = 100_000;

  @Option(names = "--bytes", description = "Of each request; default: ${DEFAULT-VALUE}")
  private int bytes = 1024;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table =
      new Table("jobs", "file MiB", "heap MiB after collection", "s", "what");

  @Override
  public Integer call() throws Exception {
    try (Scratch scratch = Scratch.create()) {
      Path file = scratch.folder().resolve("outbox.db");
      boolean refused = fill(file);
      start(file);
      table.print(spec.commandLine().getOut());
      if (out != null) {
        table.write(out);
      }
      return refused ? 0 : 1;
    }
  }

  /** Whether the one job too many was refused as it should be. */
  private boolean fill(Path file) throws IOException, InterruptedException {
    byte[] body = new byte[bytes];
    try (JobStore store = open(file)) {
      for (int step = 1; step <= STEPS; step++) {
        long begun = System.nanoTime();
        OutboxBench.submit(store, body, jobs / STEPS);
        row(step * (jobs / STEPS), file, begun, "accepted");
      }
      return isFull(store.accept(OutboxBench.job(body)));
    }
  }

  private void start(Path file) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    try (JobStore store = open(file)) {
      await(store.sweep());
      row(store.usage().total(), file, begun, "checked and open after a restart");
      begun = System.nanoTime();
      await(store.claim(CLAIMED));
      row(store.usage().total(), file, begun, "first " + CLAIMED + " taken for sending");
    }
  }

  private JobStore open(Path file) {
    StoreSettings settings = StoreSettings.at(file).withCaps(1L << 40, jobs);
    return JobStore.open(settings, InstantSource.system(), Ticker.system());
  }

  private static boolean isFull(Future<?> answer) throws InterruptedException {
    try {
      answer.toCompletionStage().toCompletableFuture().get();
      return false;
    } catch (ExecutionException failure) {
      return InferenceException.errorOf(failure.getCause()) instanceof StorageFull;
    }
  }

  private static void await(Future<?> answer) throws InterruptedException {
    try {
      answer.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure.getCause());
    }
  }

  private void row(int count, Path file, long begun, String what) throws IOException {
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    table.add(
        "" + count,
        mebibytes(Files.size(file)),
        mebibytes(heap),
        String.format(Locale.ROOT, "%.2f", seconds),
        what);
  }

  private static String mebibytes(long size) {
    return String.format(Locale.ROOT, "%.1f", size / 1048576.0);
  }
}
