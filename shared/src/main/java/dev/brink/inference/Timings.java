package dev.brink.inference;

/**
 * Where a request's time went, in nanoseconds; 0 where it took none.
 *
 * @param queue waiting for a model instance on the node that answered first
 * @param edge running on the edge node
 * @param uplink everything between sending to the cloud and its answer, less the cloud's own time
 * @param cloud queue and run on the cloud node
 */
public record Timings(long queue, long edge, long uplink, long cloud) {

  public static final Timings NONE = new Timings(0, 0, 0, 0);

  /** Both of one request: what it took here, and then there. */
  public Timings plus(Timings other) {
    return new Timings(
        queue + other.queue, edge + other.edge, uplink + other.uplink, cloud + other.cloud);
  }
}
