package dev.brink.routing;

/**
 * What an objective comes to now.
 *
 * @param tenant empty for all without an objective of their own
 * @param agreement the objective; 0 for none
 * @param wanted share of the traffic that the threshold would escalate
 * @param escalated share of the traffic that is escalated at the price
 * @param budgetLeft share of the budget's burst
 */
public record ObjectiveStatus(
    String model,
    String tenant,
    double agreement,
    double threshold,
    double price,
    double wanted,
    double escalated,
    double budgetLeft) {}
