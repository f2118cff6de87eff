package dev.brink.serving;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How long runs of one model take by their number of rows. Known at powers of two, straight lines
 * between; kept current by every run. Thread-safe.
 *
 * <p>Of each size it keeps two figures. The mean says how long a run will take as things are now,
 * whoever else is busy included. The fastest of lately is what the size itself costs: whether rows
 * get cheaper in company must not depend on who else was busy when which size was run.
 */
final class LatencyProfile {

  /** A larger run must make a row this much cheaper to be worth waiting for. */
  private static final double WORTHWHILE = 0.93;

  /** One run in so many is twice as large as pays, where as much waits: things change. */
  private static final int TRIAL = 256;

  private final int maxRows;
  private final RunSize[] sizes;
  private int runs;

  LatencyProfile(int maxRows) {
    this.maxRows = maxRows;
    this.sizes = Stream.generate(RunSize::new).limit(bucket(maxRows) + 1).toArray(RunSize[]::new);
  }

  private static int bucket(int rows) {
    return rows <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(rows - 1);
  }

  /** Learns from a run of {@code rows}; one between two known sizes moves both. */
  synchronized void record(int rows, long nanos) {
    int bucket = Math.min(bucket(rows), sizes.length - 1);
    if (rows == 1 << bucket || sizes[bucket].mean() == 0 || bucket == 0) {
      sizes[bucket].move(nanos);
    } else {
      double ratio = nanos / at(rows);
      sizes[bucket].move(sizes[bucket].mean() * ratio);
      sizes[bucket - 1].move(sizes[bucket - 1].mean() * ratio);
    }
    // Of a run that is not full, at the most what a full one would take.
    double change = sizes[bucket].ran(nanos * (1 << bucket) / rows);
    if (change != 1) {
      follow(sizes[bucket], change);
    }
  }

  /** The machine has changed, or the model's place: for sizes that are not run just now, too. */
  private void follow(RunSize changed, double change) {
    for (RunSize size : sizes) {
      if (size != changed) {
        size.changeWithOthers(change);
      }
    }
  }

  /** Learns from a run of {@code rows}, a power of two, at load: only the fastest is typical. */
  synchronized void measured(int rows, long nanos) {
    sizes[bucket(rows)].measured(nanos);
  }

  /** Forgets everything: the model runs on something else now. */
  synchronized void forget() {
    Arrays.setAll(sizes, bucket -> new RunSize());
  }

  int maxRows() {
    return maxRows;
  }

  /** Expected nanoseconds of a run of {@code rows}; 0 while nothing is known. */
  synchronized long estimate(int rows) {
    return (long) at(rows);
  }

  /** Expected nanoseconds of a run by its rows, of the sizes that are known. */
  synchronized SortedMap<Integer, Long> known() {
    SortedMap<Integer, Long> known = new TreeMap<>();
    for (int bucket = 0; bucket < sizes.length; bucket++) {
      if (sizes[bucket].mean() > 0) {
        known.put(1 << bucket, (long) sizes[bucket].mean());
      }
    }
    return known;
  }

  /** The least a run of one row has taken lately; 0 while nothing is known. */
  synchronized long fastest() {
    return sizes[0].fastest();
  }

  /**
   * Most rows, up to {@code limit}, whose run is expected to end within {@code nanos}; at least 1.
   */
  synchronized int rowsWithin(long nanos, int limit) {
    int rows = limit;
    while (rows > 1 && at(rows) > nanos) {
      rows = rows > 8 ? rows * 3 / 4 : rows - 1;
    }
    return rows;
  }

  /**
   * The smallest number of rows, up to {@code limit}, beyond which a row gets hardly cheaper: 1 for
   * a model that does not profit from company. Where larger runs are not known well enough yet,
   * twice what is known to pay, so that they will be; 1 while nothing is known.
   */
  synchronized int worthwhileRows(int limit) {
    int best = 1;
    double bestPerRow = Double.MAX_VALUE;
    for (int bucket = 0; bucket < sizes.length && 1 << bucket <= limit; bucket++) {
      int size = 1 << bucket;
      if (sizes[bucket].isKnown()) {
        double perRow = (double) sizes[bucket].fastest() / size;
        if (perRow < bestPerRow * WORTHWHILE) {
          best = size;
          bestPerRow = perRow;
        }
      } else if (bestPerRow < Double.MAX_VALUE) {
        return best == size / 2 ? size : best;
      }
    }
    return best;
  }

  /** The most rows of the run that begins now: {@link #worthwhileRows}, and now and then more. */
  synchronized int rowsOfNextRun(int limit) {
    int rows = worthwhileRows(limit);
    runs++;
    return runs % TRIAL == 0 ? Math.min(limit, 2 * rows) : rows;
  }

  private double at(int rows) {
    int upper = Math.min(bucket(rows), sizes.length - 1);
    int lower = rows < 1 << upper ? upper - 1 : upper;
    while (upper < sizes.length && sizes[upper].mean() == 0) {
      upper++;
    }
    while (lower >= 0 && sizes[lower].mean() == 0) {
      lower--;
    }
    if (upper == sizes.length) {
      return lower < 0 ? 0 : sizes[lower].mean() * rows / (1 << lower);
    }
    if (lower < 0 || lower == upper) {
      return sizes[upper].mean();
    }
    double share = (double) (rows - (1 << lower)) / ((1 << upper) - (1 << lower));
    return sizes[lower].mean() + share * (sizes[upper].mean() - sizes[lower].mean());
  }
}
