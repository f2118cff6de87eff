/** A site and its cloud in virtual time, to compare ways of routing on recorded answers. */
package dev.brink.edge.sim;
