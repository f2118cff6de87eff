package dev.brink.oip.grpc;

import dev.brink.inference.InferenceException;
import dev.brink.oip.rules.TenantRule;
import io.vertx.core.http.HttpServerRequest;

/** Finds out for which tenant a call comes, and refuses those that may not be made. */
final class CallTenants {

  /** Carries the tenant's name on to the call; a caller's own is dropped. */
  static final String HEADER = "brink-tenant";

  private final TenantRule rule;

  CallTenants(TenantRule rule) {
    this.rule = rule;
  }

  /** Whether {@code request} may go on; one that may not has been answered. */
  boolean admit(HttpServerRequest request) {
    try {
      String tenant = rule.tenantOf(request);
      request.headers().remove(HEADER);
      if (!tenant.isEmpty()) {
        request.headers().set(HEADER, tenant);
      }
      return true;
    } catch (InferenceException refused) {
      GrpcErrors.refuse(request, refused.error());
      return false;
    }
  }
}
