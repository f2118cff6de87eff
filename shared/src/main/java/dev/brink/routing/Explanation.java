package dev.brink.routing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brink.inference.InferenceRequest;
import dev.brink.model.CascadeSettings;
import java.util.List;

/** A decision with everything it was made on, as JSON. */
public final class Explanation {

  private static final double NANOS_PER_MILLI = 1e6;

  private Explanation() {}

  /**
   * @param candidates the cloud's targets as a selection would see them
   */
  public static String of(
      InferenceRequest request,
      NodeSnapshot snapshot,
      RoutingDecision decision,
      List<Candidate> candidates) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", request.modelName());
    json.put("deadline_left_ms", millis(timeLeft(request, snapshot)));
    json.put("decision", word(decision));
    putReason(json, decision);
    put(json.putObject("edge"), snapshot.edge());
    put(json.putObject("cloud"), snapshot.cloud(), timeLeft(request, snapshot));
    snapshot
        .edge()
        .cascade()
        .ifPresent(
            cascade ->
                put(
                    json.putObject("cascade"),
                    cascade.forTenant(request.context().tenant()),
                    snapshot.thresholds()));
    ArrayNode targets = json.putArray("candidates");
    candidates.forEach(candidate -> put(targets.addObject(), candidate));
    return json.toString();
  }

  private static String word(RoutingDecision decision) {
    return switch (decision) {
      case RoutingDecision.Local local -> "local";
      case RoutingDecision.Cloud cloud -> "cloud";
      case RoutingDecision.Cascade cascade -> "cascade";
      case RoutingDecision.Defer defer -> "defer";
      case RoutingDecision.Reject reject -> "reject";
    };
  }

  private static void putReason(ObjectNode json, RoutingDecision decision) {
    switch (decision) {
      case RoutingDecision.Local local -> json.put("reason", local.reason().wireName());
      case RoutingDecision.Cloud cloud -> {
        json.put("reason", cloud.reason().wireName());
        json.put("or_else", word(cloud.orElse()));
      }
      case RoutingDecision.Cascade cascade -> json.put("reason", "the edge's answer decides");
      case RoutingDecision.Defer defer -> json.put("reason", defer.reason().wireName());
      case RoutingDecision.Reject reject -> json.put("reason", reject.error().message());
    }
  }

  private static void put(ObjectNode json, NodeSnapshot.EdgeView edge) {
    json.put("holds_model", edge.holdsModel());
    json.put("wait_ms", millis(edge.waitNanos()));
    json.put("service_ms", millis(edge.serviceNanos()));
  }

  private static void put(ObjectNode json, NodeSnapshot.CloudView cloud, long leftNanos) {
    json.put("link", cloud.link().wireName());
    json.put("may_hold_model", cloud.mayHoldModel());
    json.put("available", cloud.available());
    json.put("latency_ms", millis(cloud.latencyNanos()));
    json.put("p95_ms", millis(cloud.highNanos()));
    json.put("in_time_probability", cloud.isUsable() ? cloud.inTime(leftNanos) : 0);
    json.put("load", cloud.utilisation());
  }

  private static void put(ObjectNode json, CascadeSettings cascade, Thresholds thresholds) {
    json.put("agreement_objective", cascade.agreement());
    json.put("threshold", thresholds.threshold());
    json.put("price", thresholds.price());
    json.put("wrong_at_threshold", thresholds.wrong().wrong(thresholds.threshold(), false));
    json.put("wrong_if_unknown", thresholds.wrong().wrong(thresholds.threshold(), true));
    json.put("cloud_budget_per_second", cascade.cloudBudget());
  }

  private static void put(ObjectNode json, Candidate candidate) {
    json.put("target", candidate.target());
    json.put("verdict", candidate.verdict());
    json.put("latency_ms", millis(candidate.latencyNanos()));
    json.put("in_flight", candidate.inFlight());
    json.put("cost_ms", Math.min(1e9, candidate.cost() / NANOS_PER_MILLI));
  }

  private static long timeLeft(InferenceRequest request, NodeSnapshot snapshot) {
    return request.context().deadline().remainingNanos(snapshot.nowNanos());
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }
}
