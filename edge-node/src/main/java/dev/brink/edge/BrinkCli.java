package dev.brink.edge;

import dev.brink.edge.bench.BenchCommand;
import dev.brink.edge.cli.CheckConfigCommand;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.DemoCommand;
import dev.brink.edge.cli.InferCommand;
import dev.brink.edge.cli.ModelsCommand;
import dev.brink.edge.cli.OutboxCommand;
import dev.brink.edge.cli.PkiCommand;
import dev.brink.edge.cli.RouteCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * What {@code ./brink} does beside running nodes. A new subcommand is a class of this package with
 * {@code @Command}, listed here and in the launcher. A command returns its exit status: 0 done, 1
 * failed, 2 wrong usage or configuration; a {@link CommandFailure} is printed without a stack.
 */
@Command(
    name = "brink",
    description = "Edge-cloud hybrid inference gateway.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DemoCommand.class,
      CheckConfigCommand.class,
      InferCommand.class,
      OutboxCommand.class,
      RouteCommand.class,
      ModelsCommand.class,
      BenchCommand.class,
      PkiCommand.class
    })
public final class BrinkCli {

  private BrinkCli() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new BrinkCli())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(BrinkCli::explain);
  }

  private static int explain(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    String message =
        failure instanceof CommandFailure expected ? expected.getMessage() : failure.toString();
    command.getErr().println("brink " + command.getCommandName() + ": " + message);
    return failure instanceof CommandFailure expected ? expected.status() : 1;
  }
}
