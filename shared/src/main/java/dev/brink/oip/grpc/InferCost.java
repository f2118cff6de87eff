package dev.brink.oip.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.brink.oip.proto.InferTensorContents;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferRequest.InferInputTensor;
import java.io.IOException;

/**
 * What reading a {@link ModelInferRequest} takes in memory beside its bytes: an object is many
 * times its text, a packed whole number of one byte becomes eight or four, and typed contents are a
 * list before they are a tensor. Raw contents stand over the message and cost next to nothing.
 */
public final class InferCost {

  private static final int OBJECT = 256;

  /** A list grows by half, and the old one is there meanwhile; then its values are the tensor's. */
  private static final int PER_LONG = 28;

  private static final int PER_INT = 14;

  /** Of what is as long in memory as in the message: a list of it, and the tensor. */
  private static final int COPIES = 2;

  private final byte[] text;
  private final CodedInputStream in;
  private long bytes;

  private InferCost(byte[] text, int length) {
    this.text = text;
    this.in = UnsafeByteOperations.unsafeWrap(text, 0, length).newCodedInput();
  }

  /**
   * @throws IOException where it is no message
   */
  public static long of(byte[] text, int length) throws IOException {
    InferCost cost = new InferCost(text, length);
    cost.request();
    return cost.bytes;
  }

  private void request() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (field(tag)) {
        case ModelInferRequest.INPUTS_FIELD_NUMBER -> within(tag, this::input);
        case ModelInferRequest.OUTPUTS_FIELD_NUMBER -> within(tag, this::other);
        case ModelInferRequest.RAW_INPUT_CONTENTS_FIELD_NUMBER -> {
          bytes += OBJECT;
          in.skipField(tag);
        }
        default -> other(tag);
      }
    }
  }

  private void input(int tag) throws IOException {
    switch (field(tag)) {
      case InferInputTensor.SHAPE_FIELD_NUMBER -> numbers(tag, PER_LONG);
      case InferInputTensor.CONTENTS_FIELD_NUMBER -> within(tag, this::contents);
      default -> other(tag);
    }
  }

  private void contents(int tag) throws IOException {
    switch (field(tag)) {
      case InferTensorContents.INT64_CONTENTS_FIELD_NUMBER,
          InferTensorContents.UINT64_CONTENTS_FIELD_NUMBER ->
          numbers(tag, PER_LONG);
      case InferTensorContents.INT_CONTENTS_FIELD_NUMBER,
          InferTensorContents.UINT_CONTENTS_FIELD_NUMBER ->
          numbers(tag, PER_INT);
      case InferTensorContents.BYTES_CONTENTS_FIELD_NUMBER -> copied(tag, OBJECT / 4);
      default -> copied(tag, Long.BYTES);
    }
  }

  /** Reads one field of a message. */
  private interface Fields {
    void read(int tag) throws IOException;
  }

  private void within(int tag, Fields fields) throws IOException {
    bytes += OBJECT;
    if (!isDelimited(tag)) {
      in.skipField(tag);
      return;
    }
    int outer = in.pushLimit(in.readRawVarint32());
    for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
      fields.read(inner);
    }
    in.popLimit(outer);
  }

  /** Whole numbers, packed or one by one. */
  private void numbers(int tag, int cost) throws IOException {
    if (!isDelimited(tag)) {
      bytes += cost;
      in.skipField(tag);
      return;
    }
    int length = in.readRawVarint32();
    int from = in.getTotalBytesRead();
    in.skipRawBytes(length);
    for (int i = from; i < from + length; i++) {
      bytes += text[i] >= 0 ? cost : 0;
    }
  }

  private void other(int tag) throws IOException {
    copied(tag, OBJECT);
  }

  private void copied(int tag, int cost) throws IOException {
    int from = in.getTotalBytesRead();
    in.skipField(tag);
    bytes += cost + (long) COPIES * (in.getTotalBytesRead() - from);
  }

  private static int field(int tag) {
    return WireFormat.getTagFieldNumber(tag);
  }

  private static boolean isDelimited(int tag) {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
