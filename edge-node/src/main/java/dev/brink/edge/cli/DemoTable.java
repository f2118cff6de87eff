package dev.brink.edge.cli;

import java.io.PrintWriter;

/** What was asked and what came back, one line each. */
final class DemoTable {

  private static final String ROW = "%-46s %-20s %-18s %-6s %-14s %10s %8s%n";
  private static final int INPUT_WIDTH = 46;
  private static final int ANSWER_WIDTH = 18;

  private final PrintWriter out;

  DemoTable(PrintWriter out) {
    this.out = out;
  }

  void head() {
    out.println();
    out.printf(ROW, "input", "model", "answer", "route", "reason", "confidence", "ms");
    out.flush();
  }

  void row(DemoSample sample, NodeClient.Reply reply, String complaint) {
    Answer answer = new Answer(reply);
    boolean answered = reply.status() == 200;
    out.printf(
        ROW,
        cut(sample.input(), INPUT_WIDTH),
        sample.model(),
        cut(answered ? answer.label() : "HTTP " + reply.status(), ANSWER_WIDTH),
        answered ? answer.route() : "-",
        answered ? answer.reason() : "-",
        answer.confidence(),
        answer.millis());
    if (!answered) {
      out.println("    " + reply.body().getString("error", ""));
    }
    if (!complaint.isEmpty()) {
      out.println("    WRONG: " + complaint);
    }
    out.flush();
  }

  void foot(int samples, int wrong) {
    out.println();
    out.println(samples - wrong + " of " + samples + " as expected");
    out.flush();
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }
}
