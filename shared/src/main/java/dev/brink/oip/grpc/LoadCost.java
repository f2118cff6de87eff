package dev.brink.oip.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.brink.oip.proto.RepositoryModelLoadRequest;
import java.io.IOException;

/**
 * What reading a {@link RepositoryModelLoadRequest} takes in memory beside its bytes: an object for
 * each parameter, and one copy of all files and texts.
 */
final class LoadCost {

  private static final int OBJECT = 512;

  private LoadCost() {}

  /**
   * @throws IOException where it is no message
   */
  static long of(byte[] text, int length) throws IOException {
    CodedInputStream in = UnsafeByteOperations.unsafeWrap(text, 0, length).newCodedInput();
    long bytes = length;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      bytes += OBJECT;
      in.skipField(tag);
    }
    return bytes;
  }
}
