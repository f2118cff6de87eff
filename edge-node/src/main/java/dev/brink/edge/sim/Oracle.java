package dev.brink.edge.sim;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.TokenBucket;

/**
 * Knows of every request whether the cloud would say otherwise, and how long every node would take
 * for it. Queues, capacities and the budget hold for it too.
 */
final class Oracle implements Policy {

  private final World world;
  private final TokenBucket budget;

  private record Way(CloudNode node, long there, long back, long endNanos) {}

  Oracle(World world) {
    this.world = world;
    this.budget = world.budget();
  }

  @Override
  public void asked(Ask ask) {
    world.runEdge(took -> judge(ask));
  }

  private void judge(Ask ask) {
    Way way = ask.trace().agrees() || world.network().isCut() ? null : fastest();
    long latest = ask.deadlineNanos() - World.HOLD_MARGIN_NANOS;
    if (way == null || way.endNanos() > latest || !budget.tryTake()) {
      ask.answer(world.time().nanos(), false, !ask.trace().agrees());
      return;
    }
    ask.escalated();
    world.time().at(latest, () -> ask.answer(world.time().nanos(), false, true));
    world.call(
        way.node(),
        way.there(),
        way.back(),
        () -> !ask.isAnswered(),
        new World.Reply() {
          @Override
          public void answered(long cloudNanos, LoadReport report) {
            ask.answer(world.time().nanos(), true, false);
          }

          @Override
          public void refused(LoadReport report) {
            ask.answer(world.time().nanos(), false, true);
          }
        });
  }

  private Way fastest() {
    Way best = null;
    for (CloudNode node : world.nodes()) {
      if (!node.isGone()) {
        long there = world.network().delay();
        long back = world.network().delay();
        long end = node.wouldEnd(world.time().nanos() + there) + back;
        best = best == null || end < best.endNanos() ? new Way(node, there, back, end) : best;
      }
    }
    return best;
  }
}
