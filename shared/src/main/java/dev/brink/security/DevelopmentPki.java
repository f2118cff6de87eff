package dev.brink.security;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An authority of one's own for the demo and for tests: it lives as long as this object, its key is
 * never written, and what it signs is good for a month.
 */
public final class DevelopmentPki {

  private static final Duration VALIDITY = Duration.ofDays(30);
  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String SUBJECT_KEY = "2.5.29.14";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String AUTHORITY_KEY = "2.5.29.35";
  private static final String EXTENDED_USAGE = "2.5.29.37";
  private static final String SERVER = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

  private final String name;
  private final KeyPair keys = newKeys();

  /** The files of a node. */
  public record Identity(Path certificate, Path key) {}

  public DevelopmentPki(String name) {
    this.name = name;
  }

  /** Writes the authority's certificate, which is what others trust. */
  public Path writeAuthority(Path file) throws IOException {
    byte[] certificate = sign(name, keys.getPublic(), authorityExtensions());
    return Files.writeString(file, pem("CERTIFICATE", certificate));
  }

  /**
   * Writes {@code <node>.pem} and {@code <node>-key.pem} into {@code folder}.
   *
   * @param hosts names and addresses under which the node is dialled
   */
  public Identity writeNode(Path folder, String node, List<String> hosts) throws IOException {
    KeyPair nodeKeys = newKeys();
    byte[] certificate =
        sign(node, nodeKeys.getPublic(), nodeExtensions(nodeKeys.getPublic(), hosts));
    Path certificateFile = folder.resolve(node + ".pem");
    Path keyFile = folder.resolve(node + "-key.pem");
    Files.writeString(certificateFile, pem("CERTIFICATE", certificate));
    writePrivately(keyFile, pem("PRIVATE KEY", nodeKeys.getPrivate().getEncoded()));
    return new Identity(certificateFile, keyFile);
  }

  private byte[] sign(String subject, PublicKey key, byte[] extensions) {
    Instant now = Instant.now();
    byte[] algorithm = Der.sequence(Der.objectId(ECDSA_WITH_SHA256));
    byte[] content =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(120, new SecureRandom())),
            algorithm,
            commonName(name),
            Der.sequence(Der.time(now.minus(CLOCK_TOLERANCE)), Der.time(now.plus(VALIDITY))),
            commonName(subject),
            key.getEncoded(),
            Der.tagged(0xa3, extensions));
    return Der.sequence(content, algorithm, Der.bits(signature(content), 0));
  }

  private byte[] signature(byte[] content) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private byte[] authorityExtensions() {
    return Der.sequence(
        extension(BASIC_CONSTRAINTS, true, Der.sequence(Der.bool(true))),
        extension(KEY_USAGE, true, Der.bits(new byte[] {0x06}, 1)),
        extension(SUBJECT_KEY, false, Der.octets(keyId(keys.getPublic()))));
  }

  private byte[] nodeExtensions(PublicKey key, List<String> hosts) {
    return Der.sequence(
        extension(BASIC_CONSTRAINTS, true, Der.sequence()),
        extension(KEY_USAGE, true, Der.bits(new byte[] {(byte) 0x80}, 7)),
        extension(EXTENDED_USAGE, false, Der.sequence(Der.objectId(SERVER), Der.objectId(CLIENT))),
        extension(SUBJECT_KEY, false, Der.octets(keyId(key))),
        extension(AUTHORITY_KEY, false, Der.sequence(Der.tagged(0x80, keyId(keys.getPublic())))),
        extension(ALTERNATIVE_NAMES, false, Der.sequence(names(hosts))));
  }

  private static byte[] extension(String id, boolean critical, byte[] content) {
    return critical
        ? Der.sequence(Der.objectId(id), Der.bool(true), Der.octets(content))
        : Der.sequence(Der.objectId(id), Der.octets(content));
  }

  private static byte[][] names(List<String> hosts) {
    List<byte[]> names = new ArrayList<>();
    for (String host : hosts) {
      names.add(
          host.matches("[0-9.]+|.*:.*")
              ? Der.tagged(0x87, address(host))
              : Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
    }
    return names.toArray(byte[][]::new);
  }

  private static byte[] address(String text) {
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException malformed) {
      throw new IllegalArgumentException(
          "host: " + text + " (expected: a name or an address)", malformed);
    }
  }

  private static byte[] commonName(String name) {
    return Der.sequence(Der.set(Der.sequence(Der.objectId(COMMON_NAME), Der.text(name))));
  }

  private static byte[] keyId(PublicKey key) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void writePrivately(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, content);
  }

  private static String pem(String label, byte[] content) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
  }
}
