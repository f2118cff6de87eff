package dev.brink.oip.intake;

/**
 * A request's body in memory.
 *
 * @param bytes of which the first {@code length} are the body
 * @param encoding what {@code Content-Encoding} said; empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // handed from its reader to one decoder, never compared
public record Body(byte[] bytes, int length, String encoding) {}
