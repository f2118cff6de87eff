package dev.brink.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** With whom a process speaks, as Linux tells it. */
final class Connections {

  private static final int REMOTE = 2;
  private static final int INODE = 9;

  private Connections() {}

  /** Remote ends, as the kernel's hexadecimal addresses, of the process's TCP and UDP sockets. */
  static Set<String> remoteAddresses(long pid) throws IOException {
    Set<String> sockets = sockets(pid);
    Set<String> remotes = new TreeSet<>();
    for (String table : new String[] {"tcp", "tcp6", "udp", "udp6"}) {
      for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "net", table))) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > INODE && sockets.contains(fields[INODE])) {
          remotes.add(fields[REMOTE].split(":")[0]);
        }
      }
    }
    return remotes;
  }

  /** Loopback, or no remote end at all: a listening socket. */
  static boolean isLoopback(String address) {
    return address.matches("0+")
        || address.endsWith("7F")
        || address.equals("00000000000000000000000001000000");
  }

  private static Set<String> sockets(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc", "" + pid, "fd"))) {
      for (Path file : files.toList()) {
        String target = Files.exists(file) ? Files.readSymbolicLink(file).toString() : "";
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring(8, target.length() - 1));
        }
      }
    }
    return inodes;
  }
}
