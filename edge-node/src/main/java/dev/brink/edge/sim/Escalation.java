package dev.brink.edge.sim;

import dev.brink.inference.LoadReport;
import dev.brink.routing.LinkMonitor;
import dev.brink.routing.Selection;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One request on its way to the cloud, as the uplink does it: one target, a hedge when that is
 * slow, a retry when it refuses, and the edge's answer when time runs out.
 */
final class Escalation {

  private static final Duration REFUSAL = Duration.ofMillis(50);

  private final World world;
  private final TargetPool pool;
  private final LinkMonitor link;
  private final Ask ask;
  private final BooleanSupplier pays;
  private final Runnable compared;
  private final List<Target.Call> calls = new ArrayList<>();
  private final Set<String> tried = new HashSet<>();
  private boolean over;

  /**
   * @param pays whether the budget pays for a second call
   * @param compared told when the cloud has answered
   */
  Escalation(
      World world,
      TargetPool pool,
      LinkMonitor link,
      Ask ask,
      BooleanSupplier pays,
      Runnable compared) {
    this.world = world;
    this.pool = pool;
    this.link = link;
    this.ask = ask;
    this.pays = pays;
    this.compared = compared;
  }

  void start() {
    long latest = ask.deadlineNanos() - World.HOLD_MARGIN_NANOS;
    world.time().at(latest, this::timeOut);
    call(false);
  }

  /** As {@link #start}, for an answer that the device has already. */
  void startAudit() {
    world.time().after(Duration.ofSeconds(1).toNanos(), this::timeOut);
    call(false);
  }

  private void call(boolean again) {
    long left = ask.deadlineNanos() - World.HOLD_MARGIN_NANOS - world.time().nanos();
    switch (pool.select(BrinkPolicy.MODEL, 100, left, tried)) {
      case Selection.None none -> {
        if (calls.isEmpty()) {
          end();
        }
      }
      case Target target -> send(target, again);
    }
  }

  private void send(Target target, boolean again) {
    Target.Call call =
        again
            ? pool.startAgain(target, BrinkPolicy.MODEL, 100)
            : pool.start(target, BrinkPolicy.MODEL, 100);
    calls.add(call);
    tried.add(target.name());
    CloudNode node = world.nodes().get(Integer.parseInt(target.name().substring(6)));
    world.call(
        node,
        () -> !over,
        new World.Reply() {
          @Override
          public void answered(long cloudNanos, LoadReport report) {
            target.report(report);
            done(call, cloudNanos);
          }

          @Override
          public void refused(LoadReport report) {
            target.report(report);
            refuse(call);
          }
        });
    if (!again) {
      planHedge(target);
    }
  }

  private void planHedge(Target target) {
    long delay = pool.hedgeDelayNanos(target);
    if (delay > 0) {
      world
          .time()
          .after(
              delay,
              () -> {
                if (!over && pool.mayHedge() && pays.getAsBoolean()) {
                  call(true);
                }
              });
    }
  }

  private void done(Target.Call call, long cloudNanos) {
    link.succeeded();
    if (over) {
      return;
    }
    over = true;
    call.succeeded(cloudNanos);
    calls.forEach(Target.Call::cancelled);
    compared.run();
    ask.answer(world.time().nanos(), true, false);
  }

  private void refuse(Target.Call call) {
    link.succeeded();
    call.refused(REFUSAL);
    if (!over && pool.mayRetry() && pays.getAsBoolean()) {
      call(true);
    } else if (!over) {
      end();
    }
  }

  private void timeOut() {
    if (!over) {
      link.failed();
      calls.forEach(Target.Call::failed);
      end();
    }
  }

  private void end() {
    over = true;
    ask.answer(world.time().nanos(), false, true);
  }
}
