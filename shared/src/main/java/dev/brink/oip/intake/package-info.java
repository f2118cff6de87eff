/** What comes in is bounded: memory for bodies, threads that read them, what they unpack to. */
package dev.brink.oip.intake;
