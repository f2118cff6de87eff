package dev.brink.edge.sim;

import java.util.List;

/** Requests as they came to a node. */
final class RecordedArrivals implements Arrivals {

  private final List<Recording.Request> requests;
  private int next;

  RecordedArrivals(List<Recording.Request> requests) {
    this.requests = requests;
  }

  @Override
  public long gapNanos(double second) {
    return next == requests.size()
        ? -1
        : Math.max(0, requests.get(next).atNanos() - (long) (second * 1e9));
  }

  @Override
  public Arrival next(double second) {
    return requests.get(next++).arrival();
  }
}
