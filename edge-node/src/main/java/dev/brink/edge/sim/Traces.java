package dev.brink.edge.sim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;

/** Recorded answers to draw from, apart by whether the question was in scope of the models. */
record Traces(List<Trace> inScope, List<Trace> outOfScope) {

  private static final int COLUMNS = 7;

  Traces {
    inScope = List.copyOf(inScope);
    outOfScope = List.copyOf(outOfScope);
    if (inScope.isEmpty() || outOfScope.isEmpty()) {
      throw new IllegalArgumentException("traces: none in scope or none out of scope");
    }
  }

  /**
   * Reads lines of {@code
   * max_probability,margin,energy,edge_label,cloud_label,true_label,out_of_scope}, gzipped.
   *
   * @throws IllegalArgumentException naming the line that is not one
   */
  static Traces read(Path file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      List<Trace> all = lines.lines().skip(1).map(Traces::parse).toList();
      return new Traces(
          all.stream().filter(trace -> !trace.outOfScope()).toList(),
          all.stream().filter(Trace::outOfScope).toList());
    }
  }

  Trace draw(double outOfScopeShare, SplittableRandom random) {
    List<Trace> from = random.nextDouble() < outOfScopeShare ? outOfScope : inScope;
    return from.get(random.nextInt(from.size()));
  }

  private static Trace parse(String line) {
    String[] field = line.split(",");
    try {
      if (field.length == COLUMNS) {
        double confidence = Double.parseDouble(field[0]);
        return new Trace(confidence, field[3], field[4], field[5], field[6].equals("1"));
      }
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("no trace: " + line, notANumber);
    }
    throw new IllegalArgumentException("no trace: " + line);
  }
}
