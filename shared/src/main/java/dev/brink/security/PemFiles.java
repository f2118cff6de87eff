package dev.brink.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads PEM files, and says what is wrong with them. */
final class PemFiles {

  private PemFiles() {}

  /** What changes when a file is replaced. */
  record Stamp(List<FileTime> modified, List<Long> sizes) {}

  static Stamp stamp(List<Path> files) {
    List<FileTime> modified = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    for (Path file : files) {
      try {
        modified.add(Files.getLastModifiedTime(file));
        sizes.add(Files.size(file));
      } catch (IOException missing) {
        sizes.add(-1L);
      }
    }
    return new Stamp(modified, sizes);
  }

  static void requireCertificates(String key, Path file) {
    for (X509Certificate certificate : certificates(key, file)) {
      try {
        certificate.checkValidity();
      } catch (CertificateException outside) {
        throw new IllegalArgumentException(
            "%s: %s (%s is valid from %s to %s)"
                .formatted(
                    key,
                    file,
                    certificate.getSubjectX500Principal(),
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant()),
            outside);
      }
    }
  }

  static List<X509Certificate> certificates(String key, Path file) {
    byte[] content = read(key, file);
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(content))
          .forEach(certificate -> certificates.add((X509Certificate) certificate));
      if (certificates.isEmpty()) {
        throw new CertificateException("no certificate found");
      }
      return certificates;
    } catch (CertificateException malformed) {
      throw new IllegalArgumentException(
          key + ": " + file + " (expected: certificates in PEM)", malformed);
    }
  }

  static void requireKey(String key, Path file) {
    String content = new String(read(key, file), StandardCharsets.US_ASCII);
    if (!content.contains("PRIVATE KEY-----")) {
      throw new IllegalArgumentException(key + ": " + file + " (expected: a private key in PEM)");
    }
  }

  private static byte[] read(String key, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(key + ": cannot read " + file, unreadable);
    }
  }
}
