package dev.brink.edge.bench;

/** The kinds of tensors that {@code ./brink bench codec} reads and writes. */
public enum CodecKind {
  READ_FP32("read FP32 image of 150 528 values, 8 digits"),
  READ_FP32_17_DIGITS("read as many FP32, 17 digits"),
  READ_FP64("read as many FP64"),
  READ_UINT8("read as many UINT8"),
  READ_INT64("read as many INT64"),
  READ_BYTES("read as many BYTES of 8"),
  WRITE_FP32("write the FP32 image"),
  WRITE_1000_FP32("write 1000 FP32 of a softmax"),
  WRITE_UINT8("write as many UINT8"),
  READ_BINARY("read the FP32 image, binary (beside: a copy)"),
  WRITE_BINARY("write the FP32 image, binary (beside: a copy)"),
  COUNT_RAW("count what the image takes, raw over gRPC (beside: protobuf)"),
  COUNT_TYPED("count what as many INT32 take, typed over gRPC (beside: protobuf)");

  private final String description;

  CodecKind(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }
}
