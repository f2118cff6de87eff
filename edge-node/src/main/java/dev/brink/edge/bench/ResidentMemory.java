package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of a process's memory; needs Linux. */
final class ResidentMemory {

  private ResidentMemory() {}

  /** Of process {@code pid}, in MiB; not a number where that cannot be seen. */
  static double of(long pid) {
    try {
      return in(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
    } catch (IOException gone) {
      return Double.NaN;
    }
  }

  /** What {@code /proc/<pid>/status} says, in MiB; not a number where it says nothing of it. */
  static double in(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(Double.NaN);
  }
}
