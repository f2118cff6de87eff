package dev.brink.oip.rules;

import dev.brink.inference.InferenceException;
import io.vertx.core.http.HttpServerRequest;

/** Finds out for which tenant a request comes. */
@FunctionalInterface
public interface TenantRule {

  /** Empty where there are none, or where the caller belongs to none. */
  TenantRule NOBODY = request -> "";

  /**
   * @throws InferenceException where the caller may not ask at all
   */
  String tenantOf(HttpServerRequest request);
}
