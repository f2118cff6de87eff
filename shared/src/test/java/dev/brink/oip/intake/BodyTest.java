package dev.brink.oip.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyTest {

  private static ByteBuf piece(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] content(Body body) {
    return Arrays.copyOf(body.bytes(), body.length());
  }

  @Test
  void joinsItsPiecesInOrder() {
    Body body = new Body(List.of(piece("one"), piece("two")), 6, "");

    assertThat(content(body)).asString().isEqualTo("onetwo");
    assertThat(body.bytes()).as("asked again").isSameAs(body.bytes());
  }

  @Test
  void isTheOnlyPieceItself() {
    Body body = new Body(List.of(piece("whole")), 5, "");

    assertThat(content(body)).asString().isEqualTo("whole");
  }

  @Test
  void readsAPieceThatIsPartOfAnother() {
    ByteBuf part = piece("head and tail").slice(9, 4);

    assertThat(content(new Body(List.of(part), 4, ""))).asString().isEqualTo("tail");
  }

  @Test
  void isEmptyWithoutPieces() {
    assertThat(content(new Body(List.of(), 0, ""))).isEmpty();
  }
}
