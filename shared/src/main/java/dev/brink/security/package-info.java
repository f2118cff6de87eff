/** Who is at the other end: TLS material, and what may be opened to the world. */
package dev.brink.security;
