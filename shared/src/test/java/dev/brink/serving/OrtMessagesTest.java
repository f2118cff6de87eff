package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import org.junit.jupiter.api.Test;

class OrtMessagesTest {

  private static String plain(String message) {
    return OrtMessages.plain(new OrtException(OrtException.OrtErrorCode.ORT_FAIL, message));
  }

  /** As ONNX Runtime's CUDA build says it on a machine without CUDA. */
  @Test
  void aLibraryThatIsMissingIsNamedWithoutThisMachinesFolders() {
    String message =
        "/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988"
            + " onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 :"
            + " FAIL : Failed to load library"
            + " /opt/brink/cloud-node/native/libonnxruntime_providers_cuda.so with error:"
            + " libcublasLt.so.12: cannot open shared object file: No such file or directory\n";

    assertThat(plain(message))
        .isEqualTo(
            "Failed to load library libonnxruntime_providers_cuda.so with error:"
                + " libcublasLt.so.12: cannot open shared object file: No such file or directory");
  }

  @Test
  void whatIsWrongWithAnInputIsLeftAsItIs() {
    assertThat(plain("indices element out of data bounds, idx=99"))
        .isEqualTo("indices element out of data bounds, idx=99");
  }
}
