package dev.brink.edge.bench;

import java.util.Map;
import java.util.TreeMap;

/** What became of one kind of attempt. */
final class HostileTally {

  private final String name;
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private int tried;

  HostileTally(String name) {
    this.name = name;
  }

  synchronized void add(String outcome) {
    tried++;
    outcomes.merge(outcome, 1, Integer::sum);
  }

  String name() {
    return name;
  }

  synchronized String tried() {
    return Integer.toString(tried);
  }

  /** Such as {@code 400: 12, closed: 3}. */
  synchronized String outcomes() {
    String text = outcomes.toString();
    return text.substring(1, text.length() - 1).replace("=", ": ");
  }
}
