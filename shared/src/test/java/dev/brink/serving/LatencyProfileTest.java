package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyProfileTest {

  private final LatencyProfile profile = new LatencyProfile(64);

  @Test
  void nothingIsKnownAtFirst() {
    assertThat(profile.estimate(8)).isZero();
    assertThat(profile.rowsWithin(1, 64)).isEqualTo(64);
    assertThat(profile.worthwhileRows(64)).isEqualTo(1);
  }

  @Test
  void betweenKnownSizesLinesAreStraightAndBeyondThemRowsCostTheSame() {
    profile.measured(1, 100);
    profile.measured(4, 400);

    assertThat(profile.estimate(1)).isEqualTo(100);
    assertThat(profile.estimate(2)).isEqualTo(200);
    assertThat(profile.estimate(3)).isEqualTo(300);
    assertThat(profile.estimate(8)).isEqualTo(800);
  }

  @Test
  void liveRunsMoveTheEstimate() {
    profile.measured(4, 1000);
    for (int i = 0; i < 100; i++) {
      profile.record(4, 2000);
    }

    assertThat(profile.estimate(4)).isBetween(1990L, 2000L);
  }

  @Test
  void aRunBetweenTwoKnownSizesMovesBoth() {
    profile.measured(2, 200);
    profile.measured(4, 400);
    for (int i = 0; i < 100; i++) {
      profile.record(3, 600);
    }

    assertThat(profile.estimate(2)).isBetween(380L, 400L);
    assertThat(profile.estimate(4)).isBetween(780L, 800L);
  }

  @Test
  void aModelThatReadsItsWeightsOncePerRunIsWorthBatching() {
    long[] tiny = {16_500, 17_400, 20_000, 35_200, 52_800, 102_400};
    for (int i = 0; i < tiny.length; i++) {
      profile.measured(1 << i, tiny[i]);
    }

    assertThat(profile.worthwhileRows(32)).isEqualTo(16);
  }

  @Test
  void aConvolutionIsNot() {
    long[] medium = {2_894, 5_886, 12_324, 24_864};
    for (int i = 0; i < medium.length; i++) {
      profile.measured(1 << i, medium[i] * 1000);
    }

    assertThat(profile.worthwhileRows(64)).isEqualTo(1);
  }

  @Test
  void sizesNotSeenYetAreTriedOneDoublingAtATime() {
    profile.measured(1, 1000);
    assertThat(profile.worthwhileRows(64)).isEqualTo(2);
    profile.measured(2, 1100);
    assertThat(profile.worthwhileRows(64)).isEqualTo(4);
    profile.measured(4, 2200);
    assertThat(profile.worthwhileRows(64)).isEqualTo(2);
  }

  @Test
  void asManyRowsAsEndInTime() {
    profile.measured(1, 1000);
    profile.measured(16, 16_000);

    assertThat(profile.rowsWithin(500, 16)).isEqualTo(1);
    assertThat(profile.rowsWithin(5_500, 16)).isEqualTo(5);
    assertThat(profile.rowsWithin(1_000_000, 16)).isEqualTo(16);
  }

  private void ran(int times, int rows, long nanos) {
    for (int i = 0; i < times; i++) {
      profile.record(rows, nanos);
    }
  }

  @Test
  void oneLiveRunInACrowdDecidesNothing() {
    profile.measured(1, 1000);
    ran(2, 2, 5000);
    assertThat(profile.worthwhileRows(64)).isEqualTo(2);

    ran(1, 2, 1200);
    assertThat(profile.worthwhileRows(64)).isEqualTo(4);
  }

  @Test
  void aSlowerMachineMakesNoModelProfitFromCompany() {
    profile.measured(1, 1000);
    profile.measured(2, 2000);
    profile.measured(4, 4000);

    ran(600, 1, 3000);

    assertThat(profile.fastest()).isEqualTo(3000);
    assertThat(profile.estimate(4)).isBetween(11_900L, 12_100L);
    assertThat(profile.worthwhileRows(64)).isEqualTo(1);
  }

  @Test
  void whatGoesUpAndDownLeavesNothingBehind() {
    profile.measured(1, 10_000);
    profile.measured(8, 20_000);
    for (int window = 0; window < 2000; window++) {
      ran(256, 8, window % 2 == 0 ? 20_001 : 20_000);
    }

    assertThat(profile.fastest()).isBetween(9_990L, 10_010L);
  }

  @Test
  void whatASizeOnceTookIsForgotten() {
    profile.measured(1, 1000);
    profile.measured(2, 1900);
    assertThat(profile.worthwhileRows(2)).isEqualTo(1);

    for (int i = 0; i < 600; i++) {
      ran(1, 1, 1000);
      ran(1, 2, 1100);
    }

    assertThat(profile.worthwhileRows(2)).isEqualTo(2);
  }

  @Test
  void requestsOfSeveralRowsTellWhatCompanyIsWorth() {
    ran(3, 3, 1000);
    assertThat(profile.worthwhileRows(64)).isEqualTo(8);

    ran(3, 6, 1100);
    assertThat(profile.worthwhileRows(64)).isEqualTo(16);
  }

  @Test
  void nowAndThenALargerRunIsTried() {
    profile.measured(1, 1000);
    profile.measured(2, 2100);
    int larger = 0;
    for (int i = 0; i < 1000; i++) {
      larger += profile.rowsOfNextRun(64) == 2 ? 1 : 0;
    }

    assertThat(larger).isBetween(1, 10);
  }

  @Test
  void whatIsKnownOfOneDeviceSaysNothingOfAnother() {
    profile.measured(1, 1000);

    profile.forget();

    assertThat(profile.estimate(1)).isZero();
    assertThat(profile.worthwhileRows(64)).isEqualTo(1);
  }
}
