/** Records what was asked of a node and what became of it, without what was in it, for replay. */
package dev.brink.edge.trace;
