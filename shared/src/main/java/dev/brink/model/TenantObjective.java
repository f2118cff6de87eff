package dev.brink.model;

import dev.brink.config.Range;
import java.time.Duration;
import java.util.Optional;

/** What one tenant's objective says otherwise than the model's; what is left out stays. */
public record TenantObjective(
    @Range(min = 0, max = 0.9999) Optional<Double> agreement,
    @Range(min = 0) Optional<Duration> latency,
    @Range(min = 0) Optional<Double> cloudBudget,
    @Range(min = 0, max = 1) Optional<Double> callCost) {}
