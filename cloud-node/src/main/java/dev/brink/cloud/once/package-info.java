/** Runs a request with an idempotency key once, however often it comes. */
package dev.brink.cloud.once;
