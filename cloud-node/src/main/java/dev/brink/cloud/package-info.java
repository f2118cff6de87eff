/** The cloud node: wires everything, and reads as the table of contents. */
package dev.brink.cloud;
