/**
 * Hazelcast and the event bus: join and leave, the protocol on the bus, who is alive and how
 * loaded.
 */
package dev.brink.cluster;
