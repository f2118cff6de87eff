package dev.brink.serving;

import ai.onnxruntime.OrtException;
import java.util.regex.Pattern;

/** ONNX Runtime's messages without its own source paths and this machine's, on one line. */
final class OrtMessages {

  private static final Pattern PREFIX =
      Pattern.compile("^Error code - \\w+ - message: |\\[ONNXRuntimeError] : \\d+ : \\w+ : ");
  private static final Pattern SOURCE =
      Pattern.compile("\\S*onnxruntime_src/\\S+ .*?\\) ?|\\S*\\.(cc|h):\\d+ \\S+ ");
  private static final Pattern FOLDER = Pattern.compile("/\\S*/(?=[^/\\s]+\\.(so|dll|dylib)\\b)");
  private static final int MAX_LENGTH = 300;

  private OrtMessages() {}

  static String plain(OrtException failure) {
    String text = PREFIX.matcher(String.valueOf(failure.getMessage())).replaceAll("");
    String ours = FOLDER.matcher(text).replaceAll("");
    String line = SOURCE.matcher(ours).replaceAll("").replaceAll("\\s+", " ").strip();
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
  }
}
