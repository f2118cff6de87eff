/**
 * The nouns of inference as protobuf messages and back: one form for gRPC, event bus and outbox.
 */
package dev.brink.oip.wire;
