/** The nouns of the gateway: what is asked, what is answered, what can go wrong. */
package dev.brink.inference;
