/** The far end of what is measured between two processes; no part of a node. */
package dev.brink.cloud.bench;
