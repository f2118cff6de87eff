/** Asks the targets of a pool: one, another where it fails, two where the first is slow. */
package dev.brink.dispatch;
