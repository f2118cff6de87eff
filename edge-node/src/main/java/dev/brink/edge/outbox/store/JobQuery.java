package dev.brink.edge.outbox.store;

import java.util.List;
import java.util.Optional;

/**
 * Which jobs to list, oldest first.
 *
 * @param tenant empty for every tenant's
 * @param after sequence of the last job of the page before; 0 for the first page
 * @param limit 1 to 1000
 */
public record JobQuery(
    Optional<String> tenant,
    Optional<JobState> state,
    Optional<String> model,
    long after,
    int limit) {

  public static final int MAX_LIMIT = 1000;

  public static JobQuery all() {
    return new JobQuery(Optional.empty(), Optional.empty(), Optional.empty(), 0, MAX_LIMIT);
  }

  public JobQuery after(long sequence) {
    return new JobQuery(tenant, state, model, sequence, limit);
  }

  /** The condition, its values added to {@code values} in order. */
  String where(List<Object> values) {
    StringBuilder where = new StringBuilder("WHERE seq > ?");
    values.add(after);
    tenant.ifPresent(value -> add(where, values, "tenant", value));
    state.ifPresent(value -> add(where, values, "state", value.wireName()));
    model.ifPresent(value -> add(where, values, "model", value));
    return where.toString();
  }

  private static void add(StringBuilder where, List<Object> values, String column, Object value) {
    where.append(" AND ").append(column).append(" = ?");
    values.add(value);
  }
}
