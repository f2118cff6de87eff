/** The management port: health, metrics and the console. */
package dev.brink.management;
