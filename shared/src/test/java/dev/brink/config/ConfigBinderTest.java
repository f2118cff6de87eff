package dev.brink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigBinderTest {

  @TempDir Path folder;

  enum Mode {
    FIRST_COME,
    LAST
  }

  record Door(@Default("80") @Range(min = 0, max = 99) int port, @Default("5s") Duration delay) {}

  record Limits(@Default("1") int low, @Default("2") int high) {
    Limits {
      if (low > high) {
        throw new IllegalArgumentException("low: " + low + " (expected: <= high)");
      }
    }
  }

  record House(
      @Default("villa") String name,
      @Default("true") boolean open,
      @Default("0.5") @Range(min = 0, max = 1) double share,
      @Default("7") long count,
      @Default("64MiB") DataSize maxSize,
      @Default("auto") AutoInt threads,
      @Default("first-come") Mode mode,
      @Default("data") Path path,
      @Default("[a, b]") List<String> words,
      @Default("") Set<Integer> numbers,
      Optional<Secret> key,
      Map<String, Door> doors,
      List<UplinkTarget> targets,
      Optional<Limits> limits,
      Door main) {}

  private static final String REQUIRED = "targets: []\n";

  @Test
  void whatIsLeftOutHasItsDefault() {
    House house = ConfigBinder.bind(House.class, REQUIRED, folder);

    assertThat(house)
        .isEqualTo(
            new House(
                "villa",
                true,
                0.5,
                7,
                new DataSize(64 << 20),
                AutoInt.AUTO,
                Mode.FIRST_COME,
                Path.of("data").toAbsolutePath(),
                List.of("a", "b"),
                Set.of(),
                Optional.empty(),
                Map.of(),
                List.of(),
                Optional.empty(),
                new Door(80, Duration.ofSeconds(5))));
  }

  @Test
  void everyKindOfValueIsRead() {
    String yaml =
        """
        name: "no"
        open: false
        share: 1
        count: 9000000000
        max-size: 2GiB
        threads: 3
        mode: last
        path: ../elsewhere
        words: [x]
        numbers: [3, 1]
        key: env:HOUSE_KEY
        doors:
          back: {port: 8, delay: 250ms}
          cellar:
        targets:
          - cloud:9001
          - {address: "[::1]:1", priority: 2, weight: 0.5}
        limits: {low: 2, high: 3}
        main:
          delay: 7d
        """;
    House house =
        new ConfigBinder(Map.of("HOUSE_KEY", "abc"), List.of()).read(House.class, write(yaml));

    assertThat(house)
        .isEqualTo(
            new House(
                "no",
                false,
                1,
                9_000_000_000L,
                new DataSize(2L << 30),
                AutoInt.of(3),
                Mode.LAST,
                folder.resolveSibling("elsewhere"),
                List.of("x"),
                Set.of(1, 3),
                Optional.of(new Secret("abc")),
                Map.of(
                    "back", new Door(8, Duration.ofMillis(250)),
                    "cellar", new Door(80, Duration.ofSeconds(5))),
                List.of(new UplinkTarget("cloud:9001", 0, 1), new UplinkTarget("[::1]:1", 2, 0.5)),
                Optional.of(new Limits(2, 3)),
                new Door(80, Duration.ofDays(7))));
  }

  @Test
  void everyProblemIsReportedAtOnce() {
    String yaml =
        """
        nmae: hut
        open: perhaps
        threads: many
        mode: lats
        name: a
        name: b
        main: {port: 100}
        limits: {low: 5}
        doors:
          back: {prot: 8}
        """;

    assertThat(problems(yaml, List.of("main.pro=1", "main=2", "nothing")))
        .containsExactlyInAnyOrder(
            "name: given twice",
            "--set nothing (expected: --set key=value)",
            "nmae: unknown key (did you mean name?)",
            "open: perhaps (expected: true or false)",
            "threads: many (expected: auto or a whole number)",
            "mode: lats (expected: one of first-come, last) (did you mean last?)",
            "doors.back.prot: unknown key (did you mean port?)",
            "targets: missing",
            "limits.low: 5 (expected: <= high)",
            "main.port: 100 (expected: 0 to 99)",
            "main.pro: unknown key (did you mean main.port?)",
            "main: is a section (expected: one of its keys)");
  }

  @Test
  void theProblemNamesItsLine() {
    ConfigException failure =
        catchThrowableOfType(
            ConfigException.class,
            () -> ConfigBinder.bind(House.class, REQUIRED + "main:\n  port: x\n", folder));

    assertThat(failure.problems())
        .containsExactly(new Problem("main.port", "x (expected: a whole number)", 3));
    assertThat(failure.in(Path.of("house.yaml")))
        .isEqualTo("house.yaml:3: main.port: x (expected: a whole number)");
  }

  @Test
  void anOverrideBeatsTheEnvironmentAndTheEnvironmentTheFile() {
    Map<String, String> environment =
        Map.of("BRINK_MAIN_PORT", "1", "BRINK_MAX_SIZE", "1KiB", "BRINK_TARGETS", "a:1,b:2");
    ConfigBinder binder =
        new ConfigBinder(environment, List.of("main.port=2", "doors.back.port=9", "limits.low=0"));

    House house = binder.read(House.class, write("max-size: 5\nmain: {port: 3}\n"));

    assertThat(house.main().port()).isEqualTo(2);
    assertThat(house.maxSize()).isEqualTo(new DataSize(1024));
    assertThat(house.targets()).extracting(UplinkTarget::port).containsExactly(1, 2);
    assertThat(house.doors()).containsOnlyKeys("back");
    assertThat(house.limits()).contains(new Limits(0, 2));
  }

  @Test
  void textThatIsNoYamlIsAProblemWithItsLine() {
    ConfigException failure =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigBinder.bind(House.class, "a: [1\nb: 2", folder));

    assertThat(failure.problems().getFirst().line()).isEqualTo(2);
    assertThat(failure).hasMessageStartingWith("not YAML");
  }

  @Test
  void aFileThatDoublesItselfIsRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 6; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i)).append("*a%d, ".formatted(i - 1).repeat(10));
      bomb.append("x]\n");
    }

    assertThatThrownBy(() -> ConfigBinder.bind(House.class, bomb.toString(), folder))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("too many values");
  }

  @Test
  void aSecretIsNeverPrinted() throws Exception {
    Files.writeString(folder.resolve("key.txt"), "open sesame\n");
    House house = ConfigBinder.bind(House.class, REQUIRED + "key: file:key.txt", folder);

    assertThat(house.key()).contains(new Secret("open sesame"));
    assertThat(house.toString()).doesNotContain("sesame");
    assertThat(EffectiveConfig.of(house)).containsEntry("key", "***");
    assertThat(problems(REQUIRED + "key: env:NO_SUCH", List.of()))
        .containsExactly("key: env:NO_SUCH is not set");
  }

  @Test
  void theEffectiveConfigurationIsOneLineForEachKey() {
    House house =
        ConfigBinder.bind(House.class, "targets: a:1\ndoors: {back: {}}\n", Path.of("/etc"));

    assertThat(EffectiveConfig.of(house))
        .containsEntry("max-size", "64MiB")
        .containsEntry("mode", "first-come")
        .containsEntry("words", "a,b")
        .containsEntry("targets", "a:1")
        .containsEntry("doors.back.delay", "5s")
        .containsEntry("main.port", "80");
  }

  @Test
  void aFileThatIsNotThereIsAProblem() {
    assertThatThrownBy(
            () -> new ConfigBinder(Map.of(), List.of()).read(House.class, Path.of("no.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("no such file: no.yaml");
  }

  private List<String> problems(String yaml, List<String> overrides) {
    ConfigException failure =
        catchThrowableOfType(
            ConfigException.class,
            () -> new ConfigBinder(Map.of(), overrides).read(House.class, write(yaml)));
    return failure.problems().stream().map(Problem::toString).toList();
  }

  private Path write(String yaml) {
    try {
      return Files.writeString(folder.resolve("house.yaml"), yaml);
    } catch (java.io.IOException full) {
      throw new java.io.UncheckedIOException(full);
    }
  }
}
