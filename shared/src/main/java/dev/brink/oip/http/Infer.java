package dev.brink.oip.http;

import dev.brink.inference.InferenceRequest;
import dev.brink.oip.json.OutputEncoding;

/** A request, and how its caller wants the answer written. */
record Infer(InferenceRequest request, OutputEncoding encoding) {}
