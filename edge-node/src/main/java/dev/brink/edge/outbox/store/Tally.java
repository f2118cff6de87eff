package dev.brink.edge.outbox.store;

import java.util.EnumMap;
import java.util.Map;

/** The running totals of a transaction; what is rolled back is restored. */
final class Tally {

  /** What a job weighs beside its contents: its row and its entries in four indexes. */
  static final int JOB_OVERHEAD = 512;

  private int[] counts = new int[JobState.values().length];
  private long bytes;
  private int[] savedCounts = counts.clone();
  private long savedBytes;

  void add(JobState state, long contentBytes) {
    counts[state.ordinal()]++;
    bytes += JOB_OVERHEAD + contentBytes;
  }

  void add(JobState state, int jobs, long contentBytes) {
    counts[state.ordinal()] += jobs;
    bytes += (long) JOB_OVERHEAD * jobs + contentBytes;
  }

  void remove(JobState state, long contentBytes) {
    counts[state.ordinal()]--;
    bytes -= JOB_OVERHEAD + contentBytes;
  }

  void move(JobState from, JobState to, long contentBytes) {
    counts[from.ordinal()]--;
    counts[to.ordinal()]++;
    bytes += contentBytes;
  }

  int total() {
    int total = 0;
    for (int count : counts) {
      total += count;
    }
    return total;
  }

  long bytes() {
    return bytes;
  }

  void clear() {
    counts = new int[counts.length];
    bytes = 0;
  }

  void save() {
    savedCounts = counts.clone();
    savedBytes = bytes;
  }

  void restore() {
    counts = savedCounts.clone();
    bytes = savedBytes;
  }

  Usage toUsage() {
    Map<JobState, Integer> jobs = new EnumMap<>(JobState.class);
    for (JobState state : JobState.values()) {
      jobs.put(state, counts[state.ordinal()]);
    }
    return new Usage(jobs, bytes);
  }
}
