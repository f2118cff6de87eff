/** The subcommands of {@code ./brink} that are no node: one class each, listed in BrinkCli. */
package dev.brink.edge.cli;
