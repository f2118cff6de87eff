package dev.brink.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that is wrong with a configuration, at once. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All problems with {@code file}, a line each. */
  public String in(Path file) {
    return problems.stream().map(problem -> problem.in(file)).collect(Collectors.joining("\n"));
  }

  /** At least one; in the order of the file. */
  public List<Problem> problems() {
    return problems;
  }
}
