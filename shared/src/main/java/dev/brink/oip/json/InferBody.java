package dev.brink.oip.json;

import dev.brink.inference.Parameters;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Tensor;
import java.util.List;

/** The contents of an infer request's body. */
public record InferBody(
    String id,
    Parameters parameters,
    List<Tensor> inputs,
    List<RequestedOutput> outputs,
    OutputEncoding encoding) {}
