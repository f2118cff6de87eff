package dev.brink.inference;

/**
 * What goes with a request beside its contents.
 *
 * @param deadline for the whole path
 * @param priority 1 is the highest; 0 stands for the model's default
 * @param tenant who asks; empty when the node knows no tenants
 * @param traceparent W3C trace context to continue; empty for none
 * @param idempotencyKey names the request for as long as it may be repeated; empty for none
 */
public record RequestContext(
    Deadline deadline,
    int priority,
    String tenant,
    String traceparent,
    String idempotencyKey,
    Cancellation cancellation) {

  /** Priorities beyond this one are of requests that nobody waits for. */
  public static final int BACKGROUND = 1_000_000;

  /** Whether nobody waits for the answer, as for a job's. */
  public boolean isBackground() {
    return priority > BACKGROUND;
  }

  public static RequestContext until(Deadline deadline) {
    return new RequestContext(deadline, 0, "", "", "", new Cancellation());
  }

  public RequestContext withDeadline(Deadline other) {
    return new RequestContext(other, priority, tenant, traceparent, idempotencyKey, cancellation);
  }

  public RequestContext withPriority(int other) {
    return new RequestContext(deadline, other, tenant, traceparent, idempotencyKey, cancellation);
  }

  public RequestContext withTenant(String other) {
    return new RequestContext(deadline, priority, other, traceparent, idempotencyKey, cancellation);
  }

  public RequestContext withIdempotencyKey(String key) {
    return new RequestContext(deadline, priority, tenant, traceparent, key, cancellation);
  }

  public RequestContext withCancellation(Cancellation other) {
    return new RequestContext(deadline, priority, tenant, traceparent, idempotencyKey, other);
  }
}
