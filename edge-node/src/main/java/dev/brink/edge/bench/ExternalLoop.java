package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program that runs a model in a loop of its own, such as one in C. It is called with the model's
 * file, seconds and rows of a run, on the core that the server has, and prints the CPU microseconds
 * of a row as {@code "cpu_us_per_inf":N}, or as a number alone.
 */
final class ExternalLoop implements BareLoop {

  private static final Pattern FIGURE =
      Pattern.compile("(?:\"cpu_us_per_inf\":\\s*|^\\s*)([0-9]+(?:\\.[0-9]+)?)", Pattern.MULTILINE);

  private final String command;
  private final Path model;

  ExternalLoop(String command, Path model) {
    this.command = command;
    this.model = model;
  }

  @Override
  public double cpuMicros(double seconds) {
    String said =
        output(ServerCore.prefixed(List.of(command, model.toString(), seconds + "", "1")));
    Matcher figure = FIGURE.matcher(said);
    if (!figure.find()) {
      throw CommandFailure.failed(command + " printed no figure: " + said.strip());
    }
    return Double.parseDouble(figure.group(1));
  }

  private static String output(List<String> words) {
    try {
      Process process =
          new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw CommandFailure.failed(String.join(" ", words) + " failed");
      }
      return said;
    } catch (IOException refused) {
      throw CommandFailure.failed("cannot run " + words + ": " + refused.getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }
}
