package dev.brink.edge.outbox.store;

import java.util.Map;

/**
 * How much is kept, as of the last commit.
 *
 * @param jobs in every state
 * @param bytes of requests and results, with a fixed share for each job
 */
public record Usage(Map<JobState, Integer> jobs, long bytes) {

  static final Usage NONE = new Usage(Map.of(), 0);

  public Usage {
    jobs = Map.copyOf(jobs);
  }

  public int count(JobState state) {
    return jobs.getOrDefault(state, 0);
  }

  public int total() {
    return jobs.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Jobs waiting or running. */
  public int depth() {
    return count(JobState.QUEUED) + count(JobState.RUNNING);
  }
}
