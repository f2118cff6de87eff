package dev.brink.oip.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

class ContentCodingTest {

  @Test
  void deflatedBodiesAreUnpackedWithTheirHeaderAndWithout() {
    byte[] bytes = new byte[300_000];
    bytes[17] = 42;

    assertThat(unpacked(deflated(bytes, false))).isEqualTo(bytes);
    assertThat(unpacked(deflated(bytes, true))).isEqualTo(bytes);
  }

  @Test
  void aDeflatedBodysMemoryIsGivenBackWithIt() throws IOException {
    Inflater inflater = new Inflater();
    byte[] packed = deflated(new byte[100], false);

    new ContentCoding.InflatingStream(new ByteArrayInputStream(packed), inflater).close();

    assertThatThrownBy(inflater::getBytesRead).isInstanceOf(RuntimeException.class);
  }

  private static byte[] unpacked(byte[] packed) {
    Body whole = new Body(packed, packed.length, "deflate");
    MemoryLease lease = new MemoryLease(new MemoryBudget(1 << 20));
    Body body = ContentCoding.DEFLATE.unpack(whole, 1 << 19, lease);
    return Arrays.copyOf(body.bytes(), body.length());
  }

  private static byte[] deflated(byte[] bytes, boolean bare) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, bare);
    deflater.setInput(bytes);
    deflater.finish();
    byte[] packed = new byte[4096];
    int length = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, length);
  }
}
