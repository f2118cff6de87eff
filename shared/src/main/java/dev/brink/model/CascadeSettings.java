package dev.brink.model;

import dev.brink.config.Default;
import dev.brink.config.Range;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When an edge model's answer is good enough, as {@code model.yaml} says under {@code cascade}.
 *
 * @param output the FP32 or FP64 output [N,C] that carries probabilities, logits or scores
 * @param threshold the confidence below which an answer counts as hard; with an objective, where
 *     learning starts
 * @param labelOutput the output that names the answer, BYTES [N,1]
 * @param unknownLabels the model's own words for "I don't know": always escalated
 * @param agreement share of answers that shall equal the cloud model's; 0 for no objective
 * @param latency within which answers shall come, tighter than the caller's deadline; 0 for none
 * @param cloudBudget escalations per second that are paid for; 0 for no limit
 * @param callCost of one cloud call, as a share of what a right answer is worth: what is escalated
 *     must promise more; 0 where calls cost nothing
 * @param onOffline what becomes of a request that only the cloud can answer
 * @param tenants objectives of the tenants that have their own
 */
public record CascadeSettings(
    @Default("probabilities") String output,
    @Default("max-probability") Signal signal,
    @Default("0.8") @Range(min = 0, max = 1) double threshold,
    @Default("label") String labelOutput,
    @Default("[]") List<String> unknownLabels,
    @Default("0") @Range(min = 0, max = 0.9999) double agreement,
    @Default("0ms") @Range(min = 0) Duration latency,
    @Default("0") @Range(min = 0) double cloudBudget,
    @Default("0") @Range(min = 0, max = 1) double callCost,
    @Default("answer") OnOffline onOffline,
    Map<String, TenantObjective> tenants) {

  public CascadeSettings {
    unknownLabels = List.copyOf(unknownLabels);
    tenants = Map.copyOf(tenants);
  }

  /** The settings of a model that says only which output carries its scores, and how. */
  public static CascadeSettings of(String output, Signal signal, double threshold) {
    return new CascadeSettings(
        output,
        signal,
        threshold,
        "label",
        List.of(),
        0,
        Duration.ZERO,
        0,
        0,
        OnOffline.ANSWER,
        Map.of());
  }

  /** What is aimed at and paid for, of all of these settings. */
  private record Objective(
      double agreement, Duration latency, double cloudBudget, double callCost) {}

  private Objective objective() {
    return new Objective(agreement, latency, cloudBudget, callCost);
  }

  public CascadeSettings withUnknownLabels(String... labels) {
    return with(List.of(labels), objective(), onOffline, tenants);
  }

  public CascadeSettings withObjective(double agreement, Duration latency, double cloudBudget) {
    return with(new Objective(agreement, latency, cloudBudget, callCost));
  }

  public CascadeSettings withCallCost(double cost) {
    return with(new Objective(agreement, latency, cloudBudget, cost));
  }

  public CascadeSettings onOffline(OnOffline other) {
    return with(unknownLabels, objective(), other, tenants);
  }

  public CascadeSettings withTenant(String name, TenantObjective objective) {
    Map<String, TenantObjective> more = new HashMap<>(tenants);
    more.put(name, objective);
    return with(unknownLabels, objective(), onOffline, more);
  }

  private CascadeSettings with(Objective other) {
    return with(unknownLabels, other, onOffline, tenants);
  }

  private CascadeSettings with(
      List<String> labels,
      Objective objective,
      OnOffline offline,
      Map<String, TenantObjective> objectives) {
    return new CascadeSettings(
        output,
        signal,
        threshold,
        labelOutput,
        labels,
        objective.agreement(),
        objective.latency(),
        objective.cloudBudget(),
        objective.callCost(),
        offline,
        objectives);
  }

  /** These settings with the objective of {@code tenant} where it has its own. */
  public CascadeSettings forTenant(String tenant) {
    TenantObjective own = tenants.get(tenant);
    return own == null
        ? this
        : with(
            new Objective(
                own.agreement().orElse(agreement),
                own.latency().orElse(latency),
                own.cloudBudget().orElse(cloudBudget),
                own.callCost().orElse(callCost)));
  }
}
