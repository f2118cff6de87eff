package dev.brink.oip.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyTest {

  private static byte[] content(Body body) {
    return Arrays.copyOf(body.bytes(), body.length());
  }

  @Test
  void joinsItsPiecesInOrder() {
    Body body = new Body(List.of(Buffer.buffer("one"), Buffer.buffer("two")), 6, "");

    assertThat(content(body)).asString().isEqualTo("onetwo");
    assertThat(body.bytes()).as("asked again").isSameAs(body.bytes());
  }

  @Test
  void isTheOnlyPieceItself() {
    Body body = new Body(List.of(Buffer.buffer("whole")), 5, "");

    assertThat(content(body)).asString().isEqualTo("whole");
  }

  @Test
  void readsAPieceThatIsPartOfAnother() {
    Buffer part = Buffer.buffer("head and tail").slice(9, 13);

    assertThat(content(new Body(List.of(part), 4, ""))).asString().isEqualTo("tail");
  }

  @Test
  void isEmptyWithoutPieces() {
    assertThat(content(new Body(List.of(), 0, ""))).isEmpty();
  }
}
