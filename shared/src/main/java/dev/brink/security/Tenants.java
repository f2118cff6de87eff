package dev.brink.security;

import dev.brink.config.TenantSource;
import dev.brink.config.TenantsSection;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** For which tenant a request comes, by what the configuration takes for proof of it. */
public final class Tenants {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}");
  private static final String EXPECTED =
      " (expected: at most 128 letters, digits and . _ @ : -, a letter or digit first)";

  private final TenantsSection section;

  public Tenants(TenantsSection section) {
    this.section = section;
  }

  /**
   * The tenant's name; empty where there are none, or where the caller belongs to none.
   *
   * @throws InferenceException (forbidden) where the caller may not name a tenant, or its
   *     certificate names none that could be one; (invalid request) where the header names none or
   *     comes twice
   */
  public String of(HttpServerRequest request) {
    return switch (section.from()) {
      case NONE -> "";
      case CERTIFICATE -> certified(request);
      case HEADER -> named(request);
    };
  }

  private String certified(HttpServerRequest request) {
    Optional<String> caller = CallerName.of(request.connection());
    if (isTrusted(caller)) {
      return named(request);
    }
    String tenant = caller.orElse("");
    if (!tenant.isEmpty() && !FORM.matcher(tenant).matches()) {
      throw new InferenceError.Forbidden(
              "the common name in the caller's certificate is no tenant's" + EXPECTED)
          .asException();
    }
    String claimed = claimed(request);
    if (claimed != null && !claimed.equals(tenant)) {
      throw forbidden();
    }
    return tenant;
  }

  private String named(HttpServerRequest request) {
    String claimed = claimed(request);
    if (claimed == null) {
      return "";
    }
    if (!mayName(request)) {
      throw forbidden();
    }
    if (!FORM.matcher(claimed).matches()) {
      throw InferenceError.invalid("header '" + section.header() + "' names no tenant" + EXPECTED);
    }
    return claimed;
  }

  /** What the header says; null where there is none. */
  private String claimed(HttpServerRequest request) {
    List<String> names = request.headers().getAll(section.header());
    if (names.size() > 1) {
      throw InferenceError.invalid("header '" + section.header() + "' comes twice");
    }
    return names.isEmpty() ? null : names.get(0);
  }

  private boolean mayName(HttpServerRequest request) {
    boolean everybody = section.from() == TenantSource.HEADER && section.trusted().isEmpty();
    return everybody || isTrusted(CallerName.of(request.connection()));
  }

  private boolean isTrusted(Optional<String> caller) {
    return caller.filter(section.trusted()::contains).isPresent();
  }

  private InferenceException forbidden() {
    return new InferenceError.Forbidden(
            "header '%s' is taken from callers only whose certificates are named in tenants.trusted"
                .formatted(section.header()))
        .asException();
  }
}
