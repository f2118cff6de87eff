/** Keeps durably what cannot be sent now, sends it later, once, and gives out the answers. */
package dev.brink.edge.outbox;
