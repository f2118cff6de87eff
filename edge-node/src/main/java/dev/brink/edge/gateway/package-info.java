/**
 * The request path of an edge node: decide, then act. Everything that can answer reaches it as an
 * InferenceService.
 */
package dev.brink.edge.gateway;
