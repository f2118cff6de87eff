package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows under a heading, printed in columns and written as JSON. */
final class Table {

  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();
  private final JsonArray json = new JsonArray();

  Table(String... columns) {
    this.columns = List.of(columns);
  }

  void add(String... cells) {
    rows.add(List.of(cells));
    JsonObject row = new JsonObject();
    for (int i = 0; i < cells.length; i++) {
      row.put(columns.get(i), cells[i]);
    }
    json.add(row);
  }

  void print(PrintWriter out) {
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
      widths.add(Math.max(columns.get(i).length(), widest));
    }
    out.println(line(columns, widths));
    rows.forEach(row -> out.println(line(row, widths)));
    out.flush();
  }

  private static String line(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(("%-" + widths.get(i) + "s  ").formatted(cells.get(i)));
    }
    return line.toString().stripTrailing();
  }

  void write(Path file) {
    try {
      Files.writeString(file, JsonObject.of("rows", json).encodePrettily());
    } catch (IOException refused) {
      throw CommandFailure.failed("cannot write " + file + ": " + refused.getMessage());
    }
  }
}
