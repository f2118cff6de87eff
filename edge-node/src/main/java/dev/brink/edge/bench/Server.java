package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server that is measured, by what the system says of its process. */
interface Server extends AutoCloseable {

  double TICKS_PER_SECOND = 100;

  /** Of HTTP. */
  int port();

  long pid();

  /** CPU time it has used, user and system. */
  default double cpuSeconds() {
    String stat = read("stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  default double residentMebibytes() {
    return ResidentMemory.in(read("status"));
  }

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid()), file));
    } catch (IOException notLinux) {
      throw CommandFailure.failed("needs /proc of Linux: " + notLinux.getMessage());
    }
  }

  @Override
  void close();
}
