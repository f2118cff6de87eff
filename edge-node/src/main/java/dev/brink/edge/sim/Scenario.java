package dev.brink.edge.sim;

import java.util.List;

/**
 * What happens to a site: quantities by time, each one value before, during and after an event.
 *
 * @param seconds how long it lasts
 * @param from when the event begins, in seconds
 * @param until when it ends
 * @param rate requests per second
 * @param roundTripMillis of the uplink
 * @param loss share of the messages that must be sent again
 * @param cut whether nothing goes over the uplink during the event
 * @param slowdown of the first {@code affected} cloud nodes during the event
 * @param gone whether these nodes are gone during the event
 * @param outOfScope share of hard requests
 * @param budget cloud calls per second; 0 for no limit
 */
record Scenario(
    String name,
    double seconds,
    double from,
    double until,
    Step rate,
    Step roundTripMillis,
    Step loss,
    boolean cut,
    double slowdown,
    int affected,
    boolean gone,
    Step outOfScope,
    double budget) {

  static final int NODES = 4;
  private static final double LENGTH = 120;
  private static final Step STEADY_RATE = Step.always(400);
  private static final Step NEAR = Step.always(20);
  private static final Step CLEAN = Step.always(0);
  private static final Step EASY = Step.always(0.05);

  /** A value that changes while the event lasts. */
  record Step(double usual, double during) {
    static Step always(double value) {
      return new Step(value, value);
    }
  }

  static List<Scenario> all() {
    return List.of(
        steady(),
        calm("cloud-10x-slower", 40, 70).slower(10, NODES),
        calm("rtt-20-to-200ms", 40, 120).far(),
        calm("loss-20-percent", 40, 80).lossy(),
        calm("link-cut-60s", 30, 90).cutOff(),
        calm("flash-crowd-x5", 40, 80).crowded(),
        calm("half-the-nodes-gone", 40, 80).without(NODES / 2),
        calm("one-node-gray", 40, 100).slower(20, 1),
        calm("hard-10-to-40-percent", 40, 120).harder(),
        steady().at("budget-at-half", 0, LENGTH).paying());
  }

  static Scenario steady() {
    return calm("steady", 0, 0);
  }

  /** The same, over sooner. */
  Scenario lasting(double shorter) {
    return new Scenario(
        name,
        shorter,
        from,
        until,
        rate,
        roundTripMillis,
        loss,
        cut,
        slowdown,
        affected,
        gone,
        outOfScope,
        budget);
  }

  /**
   * What a node recorded: nothing happens but what happened there.
   *
   * @param rate mean, by which chance is judged
   */
  static Scenario recorded(double seconds, double rate, double roundTripMillis) {
    Scenario calm = calm("recorded", 0, 0);
    return calm.with(Step.always(rate), Step.always(roundTripMillis), CLEAN, EASY).lasting(seconds);
  }

  /** Whether the event is on. */
  boolean isOn(double second) {
    return second >= from && second < until;
  }

  double rate(double second) {
    return value(rate, second);
  }

  double roundTripMillis(double second) {
    return value(roundTripMillis, second);
  }

  double loss(double second) {
    return value(loss, second);
  }

  double outOfScope(double second) {
    return value(outOfScope, second);
  }

  boolean isCut(double second) {
    return cut && isOn(second);
  }

  boolean isGone(int node, double second) {
    return gone && node < affected && isOn(second);
  }

  double slowdown(int node, double second) {
    return !gone && node < affected && isOn(second) ? slowdown : 1;
  }

  private double value(Step step, double second) {
    return isOn(second) ? step.during() : step.usual();
  }

  private static Scenario calm(String name, double from, double until) {
    return new Scenario(
        name, LENGTH, from, until, STEADY_RATE, NEAR, CLEAN, false, 1, 0, false, EASY, 0);
  }

  private Scenario at(String otherName, double begin, double end) {
    return new Scenario(
        otherName,
        seconds,
        begin,
        end,
        rate,
        roundTripMillis,
        loss,
        cut,
        slowdown,
        affected,
        gone,
        outOfScope,
        budget);
  }

  private Scenario with(Step newRate, Step newTrip, Step newLoss, Step newHard) {
    return new Scenario(
        name, seconds, from, until, newRate, newTrip, newLoss, cut, slowdown, affected, gone,
        newHard, budget);
  }

  private Scenario hit(boolean isCut, double factor, int nodes, boolean areGone, double calls) {
    return new Scenario(
        name,
        seconds,
        from,
        until,
        rate,
        roundTripMillis,
        loss,
        isCut,
        factor,
        nodes,
        areGone,
        outOfScope,
        calls);
  }

  private Scenario slower(double factor, int nodes) {
    return hit(false, factor, nodes, false, 0);
  }

  private Scenario without(int nodes) {
    return hit(false, 1, nodes, true, 0);
  }

  private Scenario cutOff() {
    return hit(true, 1, 0, false, 0);
  }

  /** The intent pair wants about a quarter of its traffic escalated. */
  private Scenario paying() {
    return hit(false, 1, 0, false, 0.12 * STEADY_RATE.usual());
  }

  private Scenario far() {
    return with(rate, new Step(20, 200), loss, outOfScope);
  }

  private Scenario lossy() {
    return with(rate, roundTripMillis, new Step(0, 0.2), outOfScope);
  }

  private Scenario crowded() {
    return with(new Step(400, 2000), roundTripMillis, loss, outOfScope);
  }

  private Scenario harder() {
    return with(rate, roundTripMillis, loss, new Step(0.1, 0.4));
  }
}
