package dev.brink.oip.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.config.AutoInt;
import dev.brink.config.ConfigBinder;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TritonConfigTest {

  @Test
  void whatTritonsConfigurationSaysOfBatchingInstancesAndVersionsHolds() {
    ModelSettings settings =
        settings(
            """
            {"name":"m","backend":"onnxruntime","max_batch_size":"16",
             "input":[{"name":"x","data_type":"TYPE_FP32","dims":[3]}],
             "dynamic_batching":{"max_queue_delay_microseconds":500,
                                 "default_queue_policy":{"max_queue_size":7}},
             "instance_group":[{"count":2,"kind":"KIND_CPU"},{"kind":"KIND_GPU"}],
             "version_policy":{"specific":{"versions":["1",3]}}}\
            """);

    assertThat(settings.batching().enabled()).isTrue();
    assertThat(settings.batching().maxSize()).isEqualTo(16);
    assertThat(settings.batching().maxDelay()).isEqualTo(Duration.ofNanos(500_000));
    assertThat(settings.batching().maxQueue()).isEqualTo(7);
    assertThat(settings.runtime().instances()).isEqualTo(AutoInt.of(3));
    assertThat(settings.runtime().providers())
        .containsExactly(ExecutionProvider.CUDA, ExecutionProvider.CPU);
    assertThat(settings.versionPolicy().select(List.of(1L, 2L, 3L))).containsExactly(1L, 3L);
  }

  @Test
  void namesMayBeInEitherForm() {
    ModelSettings settings =
        settings("{\"maxBatchSize\":4,\"versionPolicy\":{\"latest\":{\"numVersions\":2}}}");

    assertThat(settings.batching().maxSize()).isEqualTo(4);
    assertThat(settings.versionPolicy().select(List.of(1L, 2L, 3L))).containsExactly(2L, 3L);
  }

  @Test
  void aBatchSizeOfZeroIsNoBatching() {
    assertThat(settings("{\"max_batch_size\":0}").batching().enabled()).isFalse();
  }

  @Test
  void whatTheFileSaysItselfChangesNothing() {
    assertThat(settings("{\"platform\":\"onnxruntime_onnx\",\"version_policy\":{\"all\":{}}}"))
        .isEqualTo(settings("version-policy: all"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"batching\":{\"max-size\":3}}", "batching: { max-size: 3 }", "{"})
  void whatIsNoneOfTritonsStaysAsItIs(String config) {
    assertThat(TritonConfig.toYaml("m", config)).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'name':'m','sequence_batching':{}} | 'sequence_batching' is not supported",
        "{'name':'m','ensemble_scheduling':{}} | 'ensemble_scheduling' is not supported",
        "{'max_batch_size':'many'} | 'max_batch_size': many",
        "{'max_batch_size':1.5} | 'max_batch_size': 1.5",
        "{'name':'m','instance_group':[3]} | wrong kind"
      })
  void whatCannotBeDoneIsRefusedByName(String config, String why) {
    assertThatThrownBy(() -> TritonConfig.toYaml("m", config.replace('\'', '"')))
        .hasMessageStartingWith("failed to load 'm', ")
        .hasMessageContaining(why);
  }

  private static ModelSettings settings(String config) {
    return ConfigBinder.bind(ModelSettings.class, TritonConfig.toYaml("m", config), Path.of("."));
  }
}
