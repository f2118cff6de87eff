/** YAML, environment and overrides to validated records; every problem is reported at once. */
package dev.brink.config;
