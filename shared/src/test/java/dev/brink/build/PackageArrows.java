package dev.brink.build;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may see whom. THINK HARD ABOUT THE LAYERING before you add an arrow: every package here can
 * be read, tested and replaced knowing only what it points at. A package that is not listed fails
 * the build.
 */
public final class PackageArrows {

  private static final String BASE = "dev.brink.";

  /** What JMH makes of benchmarks. */
  private static final String GENERATED = ".jmh_generated";

  private static final Map<String, Set<String>> ALLOWED = new LinkedHashMap<>();

  static {
    arrow("inference");
    arrow("config");
    arrow("resilience");
    arrow("oip.proto");
    arrow("security", "config", "inference");
    arrow("telemetry", "config", "inference");
    arrow("management", "config", "model", "telemetry");
    arrow("model", "config", "inference");
    arrow("serving", "config", "inference", "model", "resilience");
    arrow("routing", "config", "inference", "model", "resilience");
    arrow("node", "*");
    arrow("dispatch", "cluster", "inference", "resilience", "routing");
    arrow("guard", "inference", "resilience");
    arrow("oip.rules", "inference", "model");
    arrow("oip.wire", "inference", "oip.proto", "oip.rules");
    arrow("oip.intake", "inference");
    arrow("oip.json", "inference", "oip.rules");
    arrow("oip.http", "inference", "model", "oip.intake", "oip.json", "oip.rules", "oip.wire");
    arrow("oip.grpc", "inference", "model", "oip.intake", "oip.proto", "oip.rules", "oip.wire");
    arrow("cluster", "config", "inference", "oip.proto", "oip.wire", "resilience", "security");
    arrow("edge.gateway", "inference", "routing");
    arrow(
        "edge.uplink",
        "cluster",
        "config",
        "dispatch",
        "inference",
        "oip.proto",
        "oip.wire",
        "resilience",
        "routing",
        "security");
    arrow(
        "edge.outbox",
        "config",
        "edge.outbox.store",
        "inference",
        "oip.json",
        "oip.proto",
        "oip.wire",
        "resilience");
    arrow("edge.outbox.store", "inference", "oip.wire", "resilience");
    arrow("edge.sim", "edge.trace", "inference", "model", "resilience", "routing");
    arrow("edge.trace", "inference", "model", "resilience", "routing");
    arrow("edge.cache", "config", "inference", "resilience");
    arrow("cloud.worker", "cluster", "config", "inference", "oip.proto", "oip.wire", "resilience");
    arrow(
        "cloud.fleet",
        "cluster",
        "config",
        "dispatch",
        "inference",
        "oip.proto",
        "oip.wire",
        "resilience",
        "routing");
    arrow("edge.bench", "*");
    arrow("cloud.bench", "*");
    arrow("cloud.once", "cluster", "config", "inference", "oip.proto", "oip.wire", "resilience");
    arrow("edge", "*");
    arrow("edge.cli", "*");
    arrow("cloud", "*");
  }

  private PackageArrows() {}

  /** What each package may see, without {@code dev.brink.}; {@code *} stands for everything. */
  public static Map<String, Set<String>> allowed() {
    return Collections.unmodifiableMap(ALLOWED);
  }

  private static void arrow(String from, String... to) {
    ALLOWED.put(from, new TreeSet<>(Arrays.asList(to)));
  }

  /** Fails where a class of {@code classes} uses a package of ours that its own may not see. */
  public static void check(JavaClasses classes) {
    Set<String> violations = new TreeSet<>();
    for (JavaClass type : classes) {
      String from = relative(type.getPackageName());
      if (from.endsWith(GENERATED)) {
        continue;
      }
      Set<String> allowed = ALLOWED.get(from);
      if (allowed == null) {
        violations.add(from + " has no arrows: add it to PackageArrows");
      } else if (!allowed.contains("*")) {
        type.getDirectDependenciesFromSelf().stream()
            .filter(use -> use.getTargetClass().getPackageName().startsWith(BASE))
            .filter(use -> !mayUse(from, allowed, relative(use.getTargetClass().getPackageName())))
            .forEach(use -> violations.add(from + " must not see: " + use.getDescription()));
      }
    }
    if (!violations.isEmpty()) {
      throw new AssertionError(String.join(System.lineSeparator(), violations));
    }
    slices()
        .matching(BASE + "(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(classes);
  }

  private static boolean mayUse(String from, Set<String> allowed, String target) {
    return target.equals(from) || allowed.contains(target);
  }

  private static String relative(String packageName) {
    return packageName.startsWith(BASE) ? packageName.substring(BASE.length()) : packageName;
  }
}
