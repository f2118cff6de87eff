/** The jobs on disk: one SQLite file, one writing thread with group commit, one reading thread. */
package dev.brink.edge.outbox.store;
