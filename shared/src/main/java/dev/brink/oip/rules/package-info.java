/** The protocol's rules that hold whatever the transport: names, parameters, deadlines, limits. */
package dev.brink.oip.rules;
