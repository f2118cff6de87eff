/** Takes work from the event bus and answers it there. */
package dev.brink.cloud.worker;
