/** Requests and answers as JSON text and binary tensors: bytes in, nouns out, and back. */
package dev.brink.oip.json;
