package dev.brink.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the file system's word that something in the models' folder has changed. */
final class RepositoryWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RepositoryWatch.class);

  /** Files are written in many steps: changes count when it has been quiet for so long. */
  private static final long QUIET_MILLIS = 300;

  private static final WatchEvent.Kind<?>[] EVERYTHING = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_MODIFY,
    StandardWatchEventKinds.ENTRY_DELETE
  };

  private final Path root;
  private final Runnable onChange;
  private final WatchService service;

  private RepositoryWatch(Path root, Runnable onChange, WatchService service) {
    this.root = root;
    this.onChange = onChange;
    this.service = service;
  }

  /** Calls {@code onChange} on a thread of its own after each change below {@code root}. */
  static RepositoryWatch start(Path root, Runnable onChange) throws IOException {
    RepositoryWatch watch =
        new RepositoryWatch(root, onChange, root.getFileSystem().newWatchService());
    watch.registerAll();
    Thread.ofPlatform().daemon().name("brink-models-watch").start(watch::watch);
    return watch;
  }

  private void watch() {
    try {
      while (true) {
        drain(service.take());
        WatchKey more = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        while (more != null) {
          drain(more);
          more = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        }
        tryFollow();
      }
    } catch (ClosedWatchServiceException closed) {
      LOG.debug("watching ended");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryFollow() {
    try {
      registerAll();
      onChange.run();
    } catch (ClosedWatchServiceException closed) {
      throw closed;
    } catch (IOException | RuntimeException failure) {
      LOG.warn("a change was not followed error={}", failure.toString());
    }
  }

  private static void drain(WatchKey key) {
    key.pollEvents();
    key.reset();
  }

  private void registerAll() throws IOException {
    root.register(service, EVERYTHING);
    for (Path model : foldersIn(root)) {
      if (register(model)) {
        foldersIn(model).forEach(this::register);
      }
    }
  }

  /** False for a folder that has vanished meanwhile, whose parent told so. */
  boolean register(Path folder) {
    try {
      folder.register(service, EVERYTHING);
      return true;
    } catch (IOException vanished) {
      return false;
    }
  }

  /** None where {@code folder} vanishes meanwhile. */
  static List<Path> foldersIn(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).toList();
    } catch (IOException | UncheckedIOException vanished) {
      return List.of();
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
