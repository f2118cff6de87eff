package dev.brink.node;

import dev.brink.config.RestrictedApis;
import dev.brink.config.TenantSource;
import dev.brink.config.TenantsSection;
import dev.brink.oip.rules.ApiGroup;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.ForwardedHeaders;
import dev.brink.oip.rules.LogSwitch;
import dev.brink.oip.rules.Restrictions;
import dev.brink.oip.rules.TenantRule;
import dev.brink.security.Tenants;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the configuration says of callers. */
final class Callers {

  private static final LogSwitch LOG = new NodeLog();

  private Callers() {}

  static CallerRules rules(
      List<RestrictedApis> restricted, String forwardHeaders, TenantsSection tenants) {
    return new CallerRules(
        restrictions(restricted),
        forwardHeaders.isEmpty()
            ? ForwardedHeaders.none()
            : ForwardedHeaders.matching(Pattern.compile(forwardHeaders)),
        rule(tenants),
        LOG);
  }

  /** Where there are no tenants, no request is looked at for one. */
  private static TenantRule rule(TenantsSection tenants) {
    return tenants.from() == TenantSource.NONE ? TenantRule.NOBODY : new Tenants(tenants)::of;
  }

  private static Restrictions restrictions(List<RestrictedApis> restricted) {
    Map<ApiGroup, Restrictions.Key> keys = new EnumMap<>(ApiGroup.class);
    for (RestrictedApis group : restricted) {
      for (String api : group.apis()) {
        keys.put(
            ApiGroup.named(api).orElseThrow(),
            new Restrictions.Key(group.header(), group.value().value()));
      }
    }
    return Restrictions.of(keys);
  }
}
