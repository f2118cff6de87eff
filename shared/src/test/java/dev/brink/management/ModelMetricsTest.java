package dev.brink.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.model.FakeModelCatalog;
import dev.brink.model.ModelActivity;
import dev.brink.telemetry.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ModelMetricsTest {

  private final FakeModelCatalog catalog = new FakeModelCatalog();

  private static ModelActivity activity(String name, long runs) {
    return new ModelActivity(
        name,
        "2",
        3,
        5,
        2,
        1_500_000_000L,
        runs,
        40,
        Map.of("refused", 7L, "expired", 1L),
        8,
        new TreeMap<>(Map.of(1, 250_000L, 2, 300_000L)),
        4096);
  }

  private List<String> scraped(Telemetry telemetry) {
    return telemetry
        .scrape()
        .lines()
        .filter(line -> line.startsWith("brink_model_"))
        .sorted()
        .toList();
  }

  @Test
  void whatAVersionDoesIsReadWhenSomebodyLooks() {
    try (Telemetry telemetry = new Telemetry()) {
      ModelMetrics.register(catalog, telemetry);
      catalog.doing(activity("m", 10));

      assertThat(scraped(telemetry))
          .containsExactly(
              "brink_model_busy_seconds_total{model=\"m\",version=\"2\"} 1.5",
              "brink_model_in_flight{model=\"m\",version=\"2\"} 5.0",
              "brink_model_instances{model=\"m\",version=\"2\"} 2.0",
              "brink_model_learned_rows{model=\"m\",version=\"2\"} 8.0",
              "brink_model_memory_bytes{model=\"m\",version=\"2\"} 4096.0",
              "brink_model_rows_total{model=\"m\",version=\"2\"} 40.0",
              "brink_model_run_seconds{model=\"m\",rows=\"1\",version=\"2\"} 2.5E-4",
              "brink_model_run_seconds{model=\"m\",rows=\"2\",version=\"2\"} 3.0E-4",
              "brink_model_runs_total{model=\"m\",version=\"2\"} 10.0",
              "brink_model_unanswered_total{model=\"m\",reason=\"expired\",version=\"2\"} 1.0",
              "brink_model_unanswered_total{model=\"m\",reason=\"refused\",version=\"2\"} 7.0",
              "brink_model_waiting_requests{model=\"m\",version=\"2\"} 3.0");
    }
  }

  @Test
  void linesGoOnFromWhatTheyWereAndGoWithTheirModel() {
    try (Telemetry telemetry = new Telemetry()) {
      ModelMetrics.register(catalog, telemetry);
      catalog.doing(activity("m", 10), activity("other", 1));
      telemetry.scrape();

      catalog.doing(activity("m", 11));

      assertThat(scraped(telemetry))
          .contains("brink_model_runs_total{model=\"m\",version=\"2\"} 11.0")
          .noneMatch(line -> line.contains("other"));
    }
  }
}
