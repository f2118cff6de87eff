package dev.brink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RestrictedApisTest {

  @Test
  void apisAreRestrictedInGroups() {
    HttpSection http =
        bind(
            """
            restricted:
              - { apis: [model-repository, logging], header: admin-key, value: s3cret }
              - { apis: [inference], header: infer-key, value: other }
            """);

    assertThat(http.restricted()).hasSize(2);
    assertThat(http.restricted().getFirst().value().value()).isEqualTo("s3cret");
    assertThat(http.toString()).doesNotContain("s3cret");
  }

  @Test
  void row37AnApiInTwoGroupsIsWrong() {
    assertThatThrownBy(
            () ->
                bind(
                    """
                    restricted:
                      - { apis: [health], header: a, value: x }
                      - { apis: [metadata, health], header: b, value: y }
                    """))
        .hasMessageContaining("api 'health' can not be specified in multiple config groups");
  }

  @Test
  void row37AnUnknownApiIsWrong() {
    assertThatThrownBy(() -> bind("restricted: [{ apis: [model-reposit], header: a, value: x }]"))
        .hasMessageContaining("unknown restricted api 'model-reposit'");
  }

  @Test
  void aPatternThatIsNoneIsWrong() {
    assertThatThrownBy(() -> bind("forward-headers: \"my_(\""))
        .hasMessageContaining("forward-headers: my_( (expected: a regular expression");
  }

  private static HttpSection bind(String yaml) {
    return ConfigBinder.bind(HttpSection.class, yaml, Path.of("."));
  }
}
