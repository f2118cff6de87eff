package dev.brink.edge.cli;

import picocli.CommandLine.Command;

/** What is done to models beside serving them. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Prepares models.",
    subcommands = {CalibrateCommand.class})
public final class ModelsCommand {}
