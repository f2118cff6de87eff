package dev.brink.edge.cache;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What makes two requests the same question, in 32 bytes, so that inputs need not be kept. */
final class RequestDigest {

  /** Say how a request is handled and how its answer is written, not what is asked. */
  private static final Set<String> IRRELEVANT =
      Set.of("priority", "timeout", "binary_data_output", "headers");

  private final MessageDigest digest;

  private RequestDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static String of(InferenceRequest request, String generation) {
    RequestDigest question = new RequestDigest();
    question.text(request.modelName());
    question.text(request.modelVersion());
    question.text(generation);
    question.text(request.context().tenant());
    for (Map.Entry<String, Object> parameter :
        new TreeMap<>(request.parameters().asMap()).entrySet()) {
      if (!IRRELEVANT.contains(parameter.getKey())) {
        question.text(parameter.getKey());
        question.text(parameter.getValue().getClass().getName());
        question.text(parameter.getValue().toString());
      }
    }
    question.number(request.outputs().size());
    for (RequestedOutput output : request.outputs()) {
      question.text(output.name());
      question.number(output.classification());
    }
    request.inputs().stream()
        .sorted(java.util.Comparator.comparing(Tensor::name))
        .forEach(question::tensor);
    return HexFormat.of().formatHex(question.digest.digest());
  }

  private void tensor(Tensor tensor) {
    text(tensor.name());
    text(tensor.dataType().name());
    text(tensor.shape().toString());
    number(tensor.byteSize());
    digest.update(tensor.data());
  }

  /** With its length before it, so that no two sequences of texts look the same. */
  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    digest.update(bytes);
  }

  private void number(int number) {
    digest.update(ByteBuffer.allocate(4).putInt(0, number));
  }
}
