/** A node as a process: arguments, configuration, the ready line, draining, the exit status. */
package dev.brink.node;
