package dev.brink.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutlierEjectionTest {

  private static final long MS = 1_000_000L;
  private final OutlierEjection ejection = OutlierEjection.standard();

  @Test
  void ejectsWhoIsFarSlowerThanTheOthers() {
    assertThat(ejection.ejects(200 * MS, 10, 20 * MS, 0, 3)).isTrue();
  }

  @Test
  void sparesWhoIsAsSlowAsTheOthers() {
    assertThat(ejection.ejects(200 * MS, 10, 150 * MS, 0, 3)).isFalse();
  }

  @Test
  void sparesWhoIsHardlyKnown() {
    assertThat(ejection.ejects(200 * MS, 2, 20 * MS, 0, 3)).isFalse();
  }

  @Test
  void sparesDifferencesThatHardlyMatter() {
    assertThat(ejection.ejects(4 * MS, 10, MS, 0, 3)).isFalse();
  }

  @Test
  void keepsHalfOfThePeers() {
    assertThat(ejection.ejects(200 * MS, 10, 20 * MS, 1, 3)).isFalse();
    assertThat(ejection.ejects(200 * MS, 10, 20 * MS, 1, 4)).isTrue();
  }

  @Test
  void sparesTheOnlyOneThatWasMeasured() {
    assertThat(ejection.ejects(200 * MS, 10, 0, 0, 3)).isFalse();
  }
}
