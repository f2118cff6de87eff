package dev.brink.edge.sim;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.TokenBucket;
import java.util.List;

/**
 * The edge first, then the cloud below a threshold that never moves. The cloud nodes take turns;
 * the edge's answer is held and returned when the cloud is late. It is a good policy while nothing
 * changes: above 1 it asks for everything, at 0 for what the edge itself does not know.
 */
final class StaticCascade implements Policy {

  private final World world;
  private final double threshold;
  private final String unknownLabel;
  private final TokenBucket budget;
  private int turn;

  StaticCascade(World world, double threshold, String unknownLabel) {
    this.world = world;
    this.threshold = threshold;
    this.unknownLabel = unknownLabel;
    this.budget = world.budget();
  }

  @Override
  public void asked(Ask ask) {
    world.runEdge(took -> judge(ask));
  }

  private void judge(Ask ask) {
    Trace trace = ask.trace();
    long now = world.time().nanos();
    boolean hard = trace.edgeLabel().equals(unknownLabel) || trace.confidence() < threshold;
    if (!hard) {
      ask.answer(now, false, false);
    } else if (!budget.tryTake()) {
      ask.answer(now, false, true);
    } else {
      escalate(ask);
    }
  }

  private void escalate(Ask ask) {
    ask.escalated();
    List<CloudNode> members = world.members();
    CloudNode node = members.get(turn++ % members.size());
    world.time().at(ask.deadlineNanos() - World.HOLD_MARGIN_NANOS, () -> hold(ask));
    world.call(
        node,
        () -> !ask.isAnswered(),
        new World.Reply() {
          @Override
          public void answered(long cloudNanos, LoadReport report) {
            ask.answer(world.time().nanos(), true, false);
          }

          @Override
          public void refused(LoadReport report) {
            hold(ask);
          }
        });
  }

  private void hold(Ask ask) {
    ask.answer(world.time().nanos(), false, true);
  }
}
