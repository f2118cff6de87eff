package dev.brink.edge.outbox.store;

/** A job taken for sending, with its request. */
public final class ClaimedJob {

  private final Job job;
  private final byte[] request;

  ClaimedJob(Job job, byte[] request) {
    this.job = job;
    this.request = request;
  }

  public Job job() {
    return job;
  }

  /** The request's bytes; not to be changed. */
  public byte[] request() {
    return request;
  }
}
