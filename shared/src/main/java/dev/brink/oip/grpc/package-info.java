/** The Open Inference Protocol over gRPC: calls, streams, the mapping of errors. */
package dev.brink.oip.grpc;
