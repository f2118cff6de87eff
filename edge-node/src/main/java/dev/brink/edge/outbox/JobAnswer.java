package dev.brink.edge.outbox;

import dev.brink.inference.InferenceResponse;
import dev.brink.oip.json.InferAnswer;
import dev.brink.oip.json.InferAnswerWriter;
import dev.brink.oip.json.OutputEncoding;
import dev.brink.oip.wire.WireProvenance;
import io.vertx.core.buffer.Buffer;

/**
 * The kept answer of a job as the protocol writes it.
 *
 * @param headerLength length of the JSON before the binary outputs; -1 where there are none
 */
record JobAnswer(Buffer body, int headerLength) {

  static JobAnswer of(byte[] kept, OutputEncoding encoding) {
    InferenceResponse response = JobCodec.toResponse(kept);
    InferAnswer answer =
        InferAnswerWriter.write(
            response, WireProvenance.toParameters(response.provenance()), encoding);
    Buffer body = Buffer.buffer();
    body.appendBytes(answer.json().array(), 0, answer.json().size());
    answer
        .binary()
        .forEach(
            tensor -> {
              byte[] bytes = new byte[tensor.remaining()];
              tensor.duplicate().get(bytes);
              body.appendBytes(bytes);
            });
    return new JobAnswer(body, answer.isPlain() ? -1 : answer.json().size());
  }
}
