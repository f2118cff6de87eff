/**
 * Figures, measured: every one that the documentation states comes from a command of this package.
 */
package dev.brink.edge.bench;
