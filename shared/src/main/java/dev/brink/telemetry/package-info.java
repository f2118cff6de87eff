/** Metrics and logs: one vocabulary for both nodes. */
package dev.brink.telemetry;
