/** Which models this node holds, what they want and give, and in what state they are. */
package dev.brink.model;
