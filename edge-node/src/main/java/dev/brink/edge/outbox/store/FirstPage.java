package dev.brink.edge.outbox.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The page on which a file says what it is and where its tables begin. Nothing can be read without
 * it, but it is the same in every file of one schema: a destroyed one is taken from a new file.
 */
final class FirstPage {

  private static final int PAGE_BYTES = 4096;
  private static final int PAGE_COUNT_OFFSET = 28;
  private static final int FREE_PAGES_OFFSET = 32;

  private FirstPage() {}

  /** Puts the first page of {@code sound} into {@code damaged}; the old one is kept beside it. */
  static void replace(Path damaged, Path sound) throws IOException {
    ByteBuffer page = read(sound);
    try (FileChannel file =
        FileChannel.open(damaged, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Files.write(Path.of(damaged + ".first-page"), read(damaged).array());
      page.putInt(PAGE_COUNT_OFFSET, (int) (file.size() / PAGE_BYTES));
      page.putLong(FREE_PAGES_OFFSET, 0);
      file.write(page, 0);
    }
  }

  private static ByteBuffer read(Path file) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(page, 0);
    }
    return page.clear();
  }
}
