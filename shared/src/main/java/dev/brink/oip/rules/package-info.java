/**
 * The protocol's rules that hold whatever the transport: what an input, a parameter, a name may be.
 */
package dev.brink.oip.rules;
