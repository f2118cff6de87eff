/** The edge node: wires everything, and reads as the table of contents. */
package dev.brink.edge;
