package dev.brink.model;

import static dev.brink.model.ExecutionProvider.CPU;
import static dev.brink.model.ExecutionProvider.CUDA;
import static dev.brink.model.ExecutionProvider.TENSORRT;
import static dev.brink.model.ExecutionProvider.XNNPACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.config.ConfigBinder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeSettingsTest {

  private static RuntimeSettings read(String yaml) {
    return ConfigBinder.bind(ModelSettings.class, "runtime: " + yaml, Path.of(".")).runtime();
  }

  @Test
  void eachDeviceGetsItsNumberInTheOptionsOfTheAcceleratorsAlone() {
    RuntimeSettings settings =
        read(
            "{ providers: [tensorrt, cuda, cpu], devices: [0, 2],"
                + " provider-options: { cuda: { use_tf32: 0 } } }");

    assertThat(settings.perDevice())
        .extracting(RuntimeSettings::providerOptions)
        .containsExactly(
            Map.of(
                "cuda", Map.of("use_tf32", "0", "device_id", "0"),
                "tensorrt", Map.of("device_id", "0")),
            Map.of(
                "cuda", Map.of("use_tf32", "0", "device_id", "2"),
                "tensorrt", Map.of("device_id", "2")));
  }

  @Test
  void withoutDevicesTheSettingsStandForThemselves() {
    RuntimeSettings settings = read("{ providers: [cuda, cpu] }");

    assertThat(settings.perDevice()).containsExactly(settings);
  }

  @Test
  void fromAProviderOnThoseBeforeItAndTheCpuAreLeftOut() {
    RuntimeSettings settings = read("{ providers: [tensorrt, cuda, cpu] }");

    assertThat(settings.from(TENSORRT).providers()).containsExactly(TENSORRT, CUDA);
    assertThat(settings.from(CUDA).providers()).containsExactly(CUDA);
    assertThat(settings.from(CPU).providers()).containsExactly(CPU);
    assertThat(read("{ providers: [cuda] }").from(CPU).providers()).containsExactly(CPU);
  }

  @Test
  void devicesAreLookedForWithWhatIsPreferredToWhatWasFound() {
    RuntimeSettings settings = read("{ providers: [tensorrt, xnnpack, cuda, cpu] }");

    assertThat(settings.withDevicesUpTo(CPU).orElseThrow().providers())
        .containsExactly(TENSORRT, CUDA);
    assertThat(settings.withDevicesUpTo(TENSORRT).orElseThrow().providers())
        .containsExactly(TENSORRT);
    assertThat(read("{ providers: [xnnpack, cuda] }").withDevicesUpTo(XNNPACK)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[cpu, cuda]", "[tensorrt, cpu, cuda]", "[cuda, cuda]"})
  void providersThatCannotComeToTheirTurnAreRefused(String providers) {
    assertThatThrownBy(() -> read("{ providers: " + providers + " }"))
        .hasMessageContaining(
            "runtime.providers: " + providers + " (expected: different ones, and cpu the last");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ cudaa: { use_tf32: 0 } }         | cudaa (expected: one of cpu, cuda, tensorrt,",
        "{ openvino: { precision: FP16 } }  | openvino.precision (expected: one of device_type)",
        "{ cpu: { arena: 0 } }              | cpu.arena (expected: one of disable_prepacking, ena",
        "{ cpu: { enable_mem_pattern: no } }| cpu.enable_mem_pattern: no (expected: 0 or 1)"
      })
  void optionsThatNothingReadsAreRefusedByName(String options, String message) {
    assertThatThrownBy(() -> read("{ provider-options: " + options + " }"))
        .hasMessageContaining("runtime.provider-options: " + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,a", "1,", "0,2", "-1,2", "1,99999999999999999999"})
  void shapesOfSamplesThatAreNoneAreRefusedByTheirInput(String shape) {
    assertThatThrownBy(() -> read("{ sample-shapes: { x: '" + shape + "' } }"))
        .hasMessageContaining(
            "runtime.sample-shapes.x: " + shape + " (expected: whole numbers from 1 on");
  }

  @Test
  void devicesThatCannotBeAreRefusedByName() {
    assertThatThrownBy(() -> read("{ devices: [-1] }"))
        .hasMessageContaining("devices: [-1] (expected: different numbers from 0 on)");
    assertThatThrownBy(() -> read("{ devices: [1, 1] }")).hasMessageContaining("devices: [1, 1]");
    assertThatThrownBy(() -> read("{ devices: [1], provider-options: { cuda: { device_id: 0 } } }"))
        .hasMessageContaining("provider-options name a device_id");
  }
}
