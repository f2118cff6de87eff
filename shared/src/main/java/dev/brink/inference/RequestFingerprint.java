package dev.brink.inference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Says whether two requests ask the same: equal for equal models, parameters, inputs and outputs,
 * whatever the caller's id and the context.
 */
public final class RequestFingerprint {

  private final MessageDigest digest = sha256();

  private RequestFingerprint() {}

  /** 64 hexadecimal digits (SHA-256). Reads the whole request: about a millisecond a MiB. */
  public static String of(InferenceRequest request) {
    RequestFingerprint fingerprint = new RequestFingerprint();
    fingerprint.add(request);
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private void add(InferenceRequest request) {
    add(request.modelName());
    add(request.modelVersion());
    new TreeMap<>(request.parameters().asMap()).forEach(this::add);
    add(request.inputs().size());
    request.inputs().forEach(this::add);
    add(request.outputs().size());
    request.outputs().forEach(this::add);
  }

  private void add(String name, Object value) {
    add(name);
    add(value.getClass().getSimpleName());
    add(value.toString());
  }

  private void add(Tensor input) {
    add(input.name());
    add(input.dataType().name());
    add(input.shape().toString());
    add(input.byteSize());
    digest.update(input.data());
  }

  private void add(RequestedOutput output) {
    add(output.name());
    add(output.classification());
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    digest.update(bytes);
  }

  private void add(int number) {
    digest.update(ByteBuffer.allocate(4).putInt(number).flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
