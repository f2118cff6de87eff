/** Runs requests on this node's models: queue, batch, execute on ONNX Runtime, measure. */
package dev.brink.serving;
