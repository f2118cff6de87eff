package dev.brink.oip.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArrivalTest {

  private static final int SIZE = 100_000;

  private final byte[] content = new byte[SIZE];
  private final MemoryBudget budget = new MemoryBudget(4 * SIZE);
  private final MemoryLease lease = new MemoryLease(budget);

  ArrivalTest() {
    new SplittableRandom(1).nextBytes(content);
  }

  @AfterEach
  void everythingIsGivenBack() {
    lease.close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void aBodyOfKnownLengthStandsInOneArray() {
    ArrayArrival arrival = new ArrayArrival(SIZE, lease);

    add(arrival, 0, SIZE, 999);

    assertThat(arrival.body("").bytes()).isEqualTo(content);
    assertThat(budget.used()).isEqualTo(SIZE);
  }

  @Test
  void whatIsOnlyAnnouncedTakesNoMemory() {
    ArrayArrival arrival = new ArrayArrival(SIZE, lease);

    add(arrival, 0, SIZE / 10, 100);

    assertThat(budget.used()).isLessThanOrEqualTo(SIZE / 5);
    assertThat(arrival.length()).isEqualTo(SIZE / 10);
  }

  @Test
  void anEighthOfABodyStandsForAllOfIt() {
    ArrayArrival arrival = new ArrayArrival(SIZE, lease);

    add(arrival, 0, SIZE / 8, SIZE / 8);

    assertThat(budget.used()).isEqualTo(SIZE);
  }

  @Test
  void aShorterBodyThanAnnouncedIsAsShortAsItIs() {
    ArrayArrival arrival = new ArrayArrival(SIZE, lease);

    add(arrival, 0, SIZE / 2, 5_000);

    assertThat(content(arrival)).isEqualTo(Arrays.copyOf(content, SIZE / 2));
  }

  @Test
  void whereThereIsNoMemoryNothingIsTaken() {
    ArrayArrival arrival = new ArrayArrival(8 * SIZE, lease);

    assertThat(arrival.add(Unpooled.wrappedBuffer(content))).isFalse();
    assertThat(new PieceArrival(new MemoryLease(new MemoryBudget(10))).add(piece(0, 10))).isFalse();
  }

  @Test
  void smallPiecesAreJoined() {
    PieceArrival arrival = new PieceArrival(lease);

    add(arrival, 0, SIZE, 99);

    assertThat(content(arrival)).isEqualTo(content);
    assertThat(budget.used()).isLessThan(SIZE + SIZE / 10);
  }

  @Test
  void aPieceThatIsNotOnTheHeapIsCopied() {
    PieceArrival arrival = new PieceArrival(lease);
    ByteBuf direct = Unpooled.directBuffer(SIZE).writeBytes(content);

    arrival.add(direct);
    direct.release();

    assertThat(content(arrival)).isEqualTo(content);
  }

  private void add(Arrival arrival, int from, int to, int pieceSize) {
    for (int at = from; at < to; at += pieceSize) {
      assertThat(arrival.add(piece(at, Math.min(pieceSize, to - at)))).isTrue();
    }
  }

  private ByteBuf piece(int from, int length) {
    return Unpooled.wrappedBuffer(content, from, length);
  }

  private static byte[] content(Arrival arrival) {
    return Arrays.copyOf(arrival.body("").bytes(), arrival.length());
  }
}
