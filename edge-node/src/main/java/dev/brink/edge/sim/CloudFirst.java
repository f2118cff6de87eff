package dev.brink.edge.sim;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.PeakEwma;
import dev.brink.resilience.TokenBucket;
import java.time.Duration;
import java.util.List;

/**
 * Sends everything to the cloud nodes in turn, whatever comes of it; or, when it follows latency,
 * only what the cloud would answer in time as far as it knows, and the rest to the edge.
 */
final class CloudFirst implements Policy {

  private final World world;
  private final boolean followsLatency;
  private final TokenBucket budget;
  private final PeakEwma latency = new PeakEwma(Duration.ofSeconds(3));
  private int turn;

  CloudFirst(World world, boolean followsLatency) {
    this.world = world;
    this.followsLatency = followsLatency;
    this.budget = world.budget();
  }

  @Override
  public void asked(Ask ask) {
    long now = world.time().nanos();
    double estimate = latency.value(now);
    if (followsLatency && now + estimate > ask.deadlineNanos()) {
      world.runEdge(took -> ask.answer(world.time().nanos(), false, false));
    } else if (budget.tryTake()) {
      call(ask, now);
    } else if (followsLatency) {
      world.runEdge(took -> ask.answer(world.time().nanos(), false, false));
    } else {
      ask.refuse();
    }
  }

  private void call(Ask ask, long sent) {
    ask.escalated();
    List<CloudNode> members = world.members();
    CloudNode node = members.get(turn++ % members.size());
    if (followsLatency) {
      world.time().at(ask.deadlineNanos(), () -> late(ask, sent));
    }
    world.call(
        node,
        () -> world.time().nanos() < ask.deadlineNanos(),
        new World.Reply() {
          @Override
          public void answered(long cloudNanos, LoadReport report) {
            long now = world.time().nanos();
            latency.add(now - sent, now);
            ask.answer(now, true, false);
          }

          @Override
          public void refused(LoadReport report) {
            ask.refuse();
          }
        });
  }

  private void late(Ask ask, long sent) {
    if (!ask.isAnswered()) {
      long now = world.time().nanos();
      latency.add(now - sent, now);
    }
  }
}
