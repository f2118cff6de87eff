package dev.brink.serving;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of a model's file. */
final class FileDigest {

  private FileDigest() {}

  /**
   * @param stated in hexadecimal digits
   */
  static void require(Path file, String stated, long version) throws ModelLoadException {
    String actual = sha256(file);
    if (!actual.equalsIgnoreCase(stated)) {
      throw new ModelLoadException(
          "sha256 of version %d is %s (expected: %s)".formatted(version, actual, stated));
    }
  }

  static String sha256(Path file) throws ModelLoadException {
    try (InputStream content = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 16];
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        digest.update(chunk, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException unreadable) {
      throw new ModelLoadException("cannot read the model file", unreadable);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
