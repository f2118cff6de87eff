package dev.brink.oip.rules;

/**
 * What a server asks of its callers, and what it lets them see and change of itself.
 *
 * @param restrictions which parts of the protocol want a secret
 * @param forwarded which headers become parameters
 * @param tenants for whom they ask
 * @param log what the logging extension shows and changes
 */
public record CallerRules(
    Restrictions restrictions, ForwardedHeaders forwarded, TenantRule tenants, LogSwitch log) {

  /** Everything is open, no header is a parameter, and the log is nobody's, like the request. */
  public static CallerRules open() {
    return new CallerRules(
        Restrictions.none(), ForwardedHeaders.none(), TenantRule.NOBODY, new LogOfNobody());
  }

  public CallerRules withTenants(TenantRule other) {
    return new CallerRules(restrictions, forwarded, other, log);
  }

  private static final class LogOfNobody implements LogSwitch {

    private volatile Threshold threshold = Threshold.INFO;

    @Override
    public Threshold threshold() {
      return threshold;
    }

    @Override
    public void threshold(Threshold changed) {
      threshold = changed;
    }
  }
}
