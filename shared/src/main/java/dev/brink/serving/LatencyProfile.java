package dev.brink.serving;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long runs of one model take by their number of rows. Known at powers of two, straight lines
 * between; kept current by every run. Thread-safe.
 */
final class LatencyProfile {

  /** Share of a new run in the running mean. */
  private static final double WEIGHT = 0.1;

  /** A larger run must make a row this much cheaper to be worth waiting for. */
  private static final double WORTHWHILE = 0.93;

  private final int maxRows;
  private final double[] mean;
  private final double[] fastest;

  LatencyProfile(int maxRows) {
    this.maxRows = maxRows;
    int sizes = bucket(maxRows) + 1;
    mean = new double[sizes];
    fastest = new double[sizes];
  }

  private static int bucket(int rows) {
    return rows <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(rows - 1);
  }

  /** Learns from a run of {@code rows}; one between two known sizes moves both. */
  synchronized void record(int rows, long nanos) {
    int bucket = Math.min(bucket(rows), mean.length - 1);
    if (rows == 1 << bucket) {
      fastest[bucket] = fastest[bucket] == 0 ? nanos : Math.min(fastest[bucket], nanos);
      learn(bucket, nanos);
    } else if (mean[bucket] == 0 || bucket == 0) {
      learn(bucket, nanos);
    } else {
      double ratio = nanos / at(mean, rows);
      learn(bucket, mean[bucket] * ratio);
      learn(bucket - 1, mean[bucket - 1] * ratio);
    }
  }

  private void learn(int bucket, double nanos) {
    mean[bucket] = mean[bucket] == 0 ? nanos : mean[bucket] + WEIGHT * (nanos - mean[bucket]);
  }

  /** Learns from a run of {@code rows}, a power of two, at load: only the fastest is typical. */
  synchronized void measured(int rows, long nanos) {
    int bucket = bucket(rows);
    fastest[bucket] = fastest[bucket] == 0 ? nanos : Math.min(fastest[bucket], nanos);
    mean[bucket] = fastest[bucket];
  }

  int maxRows() {
    return maxRows;
  }

  /** Expected nanoseconds of a run of {@code rows}; 0 while nothing is known. */
  synchronized long estimate(int rows) {
    return (long) at(mean, rows);
  }

  /** Expected nanoseconds of a run by its rows, of the sizes that are known. */
  synchronized SortedMap<Integer, Long> known() {
    SortedMap<Integer, Long> known = new TreeMap<>();
    for (int bucket = 0; bucket < mean.length; bucket++) {
      if (mean[bucket] > 0) {
        known.put(1 << bucket, (long) mean[bucket]);
      }
    }
    return known;
  }

  /** The least a run of one row has taken; 0 while nothing is known. */
  synchronized long fastest() {
    return (long) fastest[0];
  }

  /**
   * Most rows, up to {@code limit}, whose run is expected to end within {@code nanos}; at least 1.
   */
  synchronized int rowsWithin(long nanos, int limit) {
    int rows = limit;
    while (rows > 1 && at(mean, rows) > nanos) {
      rows = rows > 8 ? rows * 3 / 4 : rows - 1;
    }
    return rows;
  }

  /**
   * The smallest number of rows, up to {@code limit}, beyond which a row gets hardly cheaper: 1 for
   * a model that does not profit from company. Where larger runs have not been seen yet, twice what
   * is known to pay, so that they will be; {@code limit} while nothing is known.
   */
  synchronized int worthwhileRows(int limit) {
    if (fastest[0] == 0) {
      return limit;
    }
    int best = 1;
    double bestPerRow = fastest[0];
    int size = 1;
    for (int bucket = 1; bucket < fastest.length && 1 << bucket <= limit; bucket++) {
      if (fastest[bucket] == 0) {
        return best == size ? Math.min(limit, 2 * best) : best;
      }
      size = 1 << bucket;
      if (fastest[bucket] / size < bestPerRow * WORTHWHILE) {
        best = size;
        bestPerRow = fastest[bucket] / size;
      }
    }
    return best;
  }

  private static double at(double[] known, int rows) {
    int upper = Math.min(bucket(rows), known.length - 1);
    int lower = rows < 1 << upper ? upper - 1 : upper;
    while (upper < known.length && known[upper] == 0) {
      upper++;
    }
    while (lower >= 0 && known[lower] == 0) {
      lower--;
    }
    if (upper == known.length) {
      return lower < 0 ? 0 : known[lower] * rows / (1 << lower);
    }
    if (lower < 0 || lower == upper) {
      return known[upper];
    }
    double share = (double) (rows - (1 << lower)) / ((1 << upper) - (1 << lower));
    return known[lower] + share * (known[upper] - known[lower]);
  }
}
