/** Answers already known: gives the same answer to the same question again. */
package dev.brink.edge.cache;
