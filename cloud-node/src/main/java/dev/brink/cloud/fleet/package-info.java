/** The other cloud nodes: which are alive, what they hold, and when to let them do the work. */
package dev.brink.cloud.fleet;
