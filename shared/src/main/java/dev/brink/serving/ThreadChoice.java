package dev.brink.serving;

import dev.brink.model.RuntimeSettings;

/**
 * How many threads one run gets and how many runs there are at once.
 *
 * <p>One thread per run is best for throughput: threads within a run wait for one another. They are
 * worth it where a single run is long and measurement says that they share it well.
 */
record ThreadChoice(int intraOpThreads, int instances) {

  /** Runs shorter than this are not worth the measuring. */
  private static final long LONG_RUN_NANOS = 8_000_000L;

  private static final int MAX_INTRA_OP_THREADS = 4;

  /** Share of perfect speed-up from which on threads within a run are preferred. */
  private static final double GOOD_SHARING = 0.8;

  /** On each device: two runs at once overlap one's copying with the other's computing. */
  static final int ACCELERATOR_INSTANCES = 2;

  static ThreadChoice onAccelerator(RuntimeSettings settings, int devices) {
    return new ThreadChoice(
        settings.intraOpThreads().orElse(() -> 1),
        settings.instances().orElse(() -> ACCELERATOR_INSTANCES * devices));
  }

  static ThreadChoice single(RuntimeSettings settings, int cores) {
    return with(settings, settings.intraOpThreads().orElse(() -> 1), cores);
  }

  static ThreadChoice with(RuntimeSettings settings, int intraOpThreads, int cores) {
    int instances = settings.instances().orElse(() -> Math.max(1, cores / intraOpThreads));
    return new ThreadChoice(intraOpThreads, instances);
  }

  /** Threads to try within a run whose time on one is known; 1 for no need to try. */
  static int candidate(RuntimeSettings settings, long singleNanos, int cores) {
    boolean worthTrying =
        settings.intraOpThreads().isAuto() && singleNanos >= LONG_RUN_NANOS && cores > 1;
    return worthTrying ? Math.min(MAX_INTRA_OP_THREADS, cores) : 1;
  }

  static boolean sharesWell(long singleNanos, long sharedNanos, int threads) {
    return singleNanos >= sharedNanos * threads * GOOD_SHARING;
  }
}
