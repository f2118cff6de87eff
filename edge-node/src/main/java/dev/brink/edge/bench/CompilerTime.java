package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel says of a JVM's compiler threads; needs Linux. */
final class CompilerTime {

  private CompilerTime() {}

  /** CPU seconds of the compiler threads of process {@code pid}; 0 where that cannot be seen. */
  static double of(long pid) {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return threads.mapToDouble(thread -> in(stat(thread))).sum();
    } catch (IOException notLinux) {
      return 0;
    }
  }

  private static String stat(Path thread) {
    try {
      return Files.readString(thread.resolve("stat"));
    } catch (IOException ended) {
      return "";
    }
  }

  /** Of one thread, by its {@code stat}; 0 where it is no compiler. */
  static double in(String stat) {
    if (!stat.contains("(C1 Compiler") && !stat.contains("(C2 Compiler")) {
      return 0;
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / Server.TICKS_PER_SECOND;
  }
}
