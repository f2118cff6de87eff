package dev.brink.edge.bench;

import dev.brink.edge.outbox.store.JobStore;
import dev.brink.edge.outbox.store.NewJob;
import dev.brink.edge.outbox.store.StoreSettings;
import dev.brink.resilience.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.sqlite.SQLiteConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Jobs accepted a second, each durable, beside what SQLite itself does with groups as large. */
@Command(
    name = "outbox",
    description = "Accepted jobs a second beside SQLite's own group commit on the same disk.",
    mixinStandardHelpOptions = true)
final class OutboxBench implements Callable<Integer> {

  private static final int IN_FLIGHT = 1024;

  @Option(names = "--jobs", description = "In each round; default: ${DEFAULT-VALUE}")
  private int jobs = 20_000;

  @Option(names = "--bytes", description = "Of each request; default: ${DEFAULT-VALUE}")
  private int bytes = 4096;

  @Option(names = "--rounds", description = "Of each, in turn; default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(names = "--folder", description = "On the disk to measure; default: a temporary one.")
  private Path folder;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private record Rate(double jobsPerSecond, double groupSize) {}

  @Override
  public Integer call() throws Exception {
    try (Scratch scratch = Scratch.create()) {
      measure(folder == null ? scratch.folder() : folder);
      return 0;
    }
  }

  private void measure(Path home) throws Exception {
    List<Double> ours = new ArrayList<>();
    List<Double> raw = new ArrayList<>();
    double group = 1;
    for (int round = 0; round < rounds; round++) {
      Rate rate = outbox(home.resolve("outbox-" + round));
      group = rate.groupSize();
      ours.add(rate.jobsPerSecond());
      raw.add(raw(home.resolve("raw-" + round + ".db"), (int) Math.max(1, group)));
    }
    Table table =
        new Table("bytes", "jobs in a commit", "outbox jobs/s", "SQLite rows/s", "share", "best");
    table.add(
        "" + bytes,
        number(group),
        number(median(ours)),
        number(median(raw)),
        percent(median(ours) / median(raw)),
        percent(Collections.max(ours) / Collections.max(raw)));
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
  }

  private Rate outbox(Path home) throws IOException, InterruptedException {
    Files.createDirectories(home);
    byte[] body = noise();
    StoreSettings settings =
        StoreSettings.at(home.resolve("outbox.db")).withCaps(1L << 40, 10_000_000);
    try (JobStore store = JobStore.open(settings, InstantSource.system(), Ticker.system())) {
      submit(store, body, 1);
      long commits = store.commits();
      long begun = System.nanoTime();
      submit(store, body, jobs);
      double seconds = (System.nanoTime() - begun) / 1e9;
      return new Rate(jobs / seconds, (double) jobs / (store.commits() - commits));
    }
  }

  static void submit(JobStore store, byte[] body, int count) throws InterruptedException {
    Semaphore room = new Semaphore(IN_FLIGHT);
    AtomicInteger failed = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      room.acquire();
      store
          .accept(job(body))
          .onComplete(
              accepted -> {
                failed.addAndGet(accepted.succeeded() ? 0 : 1);
                room.release();
              });
    }
    room.acquire(IN_FLIGHT);
    if (failed.get() > 0) {
      throw new IllegalStateException(failed + " jobs were refused");
    }
  }

  static NewJob job(byte[] body) {
    return new NewJob(
        UUID.randomUUID().toString(),
        "",
        "",
        () -> "",
        "intent",
        "",
        0,
        "",
        "",
        Duration.ofDays(7),
        () -> body,
        body.length);
  }

  /** One table, one prepared statement, one thread: the least SQLite can be asked to do. */
  private double raw(Path file, int group) throws SQLException {
    byte[] body = noise();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, lean());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("PRAGMA wal_autocheckpoint = 4096");
      statement.execute("CREATE TABLE t(seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)");
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO t(id, body) VALUES(?, ?)")) {
        long begun = System.nanoTime();
        for (int i = 1; i <= jobs; i++) {
          insert.setString(1, UUID.randomUUID().toString());
          insert.setBytes(2, body);
          insert.executeUpdate();
          if (i % group == 0 || i == jobs) {
            connection.commit();
          }
        }
        return jobs / ((System.nanoTime() - begun) / 1e9);
      }
    }
  }

  /** Without asking for the generated key after every row, which the driver does unless told. */
  private static Properties lean() {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    return config.toProperties();
  }

  private byte[] noise() {
    byte[] body = new byte[bytes];
    new Random(1).nextBytes(body);
    return body;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }
}
