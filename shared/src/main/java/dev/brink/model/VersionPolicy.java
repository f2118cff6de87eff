package dev.brink.model;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Which versions of a model are served; versions are whole numbers, the highest the latest. */
public sealed interface VersionPolicy {

  record Latest(int count) implements VersionPolicy {}

  record All() implements VersionPolicy {}

  record Specific(List<Long> versions) implements VersionPolicy {
    public Specific {
      versions = List.copyOf(versions);
    }
  }

  /**
   * Written {@code latest}, {@code latest 2}, {@code all} or {@code 1,3}.
   *
   * @throws IllegalArgumentException where {@code text} is none of these
   */
  static VersionPolicy parse(String text) {
    String[] words = text.strip().split("\\s+");
    try {
      if (words[0].equals("latest") && words.length <= 2) {
        return new Latest(words.length == 1 ? 1 : Math.toIntExact(positive(words[1])));
      }
      if (text.strip().equals("all")) {
        return new All();
      }
      List<Long> versions = new ArrayList<>();
      for (String version : text.split(",")) {
        versions.add(positive(version.strip()));
      }
      return new Specific(versions);
    } catch (NumberFormatException | ArithmeticException neither) {
      throw new IllegalArgumentException(
          text + " (expected: latest, latest 2, all, or versions such as 1,3)", neither);
    }
  }

  private static long positive(String text) {
    long number = Long.parseLong(text);
    if (number < 1) {
      throw new NumberFormatException(text);
    }
    return number;
  }

  /** Those of {@code available} that are served, oldest first. */
  default List<Long> select(List<Long> available) {
    List<Long> sorted = List.copyOf(new TreeSet<>(available));
    return switch (this) {
      case Latest(int count) -> sorted.subList(Math.max(0, sorted.size() - count), sorted.size());
      case All() -> sorted;
      case Specific(List<Long> versions) -> sorted.stream().filter(versions::contains).toList();
    };
  }

  /** Versions that it names and that are not among {@code available}, oldest first. */
  default List<Long> missing(List<Long> available) {
    return this instanceof Specific(List<Long> versions)
        ? versions.stream().filter(version -> !available.contains(version)).sorted().toList()
        : List.of();
  }
}
