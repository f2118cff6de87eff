package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Another server of the same models that speaks the same protocol over HTTP, started for the
 * measurement: the command's words, where {@code {port}} stands for the port to listen on and
 * {@code {models}} for a folder with {@code <name>.onnx}.
 */
final class Peer implements Server {

  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final String name;
  private final int port;
  private final Process process;

  private Peer(String name, int port, Process process) {
    this.name = name;
    this.port = port;
    this.process = process;
  }

  static Peer start(String command, Path models, Path log) {
    int port = freePort();
    List<String> words =
        List.of(
            command
                .replace("{port}", Integer.toString(port))
                .replace("{models}", models.toString())
                .strip()
                .split("\\s+"));
    try {
      Process process =
          new ProcessBuilder(ServerCore.prefixed(words))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Peer peer = new Peer(Path.of(words.getFirst()).getFileName().toString(), port, process);
      peer.awaitReady();
      return peer;
    } catch (IOException refused) {
      throw CommandFailure.failed("cannot run " + words + ": " + refused.getMessage());
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw CommandFailure.failed("no free port: " + none.getMessage());
    }
  }

  private void awaitReady() {
    long end = System.nanoTime() + START_NANOS;
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        close();
        throw CommandFailure.failed("peer " + name + " does not get ready");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private boolean isReady() {
    URI ready = URI.create("http://127.0.0.1:" + port + "/v2/health/ready");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
              .send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  String name() {
    return name;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
