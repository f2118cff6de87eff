package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Kills nodes at random instants while clients submit jobs, and counts what became of what was
 * accepted. A client repeats what it got no answer to under the same key, as clients should.
 */
@Command(
    name = "crash",
    description = "Kills nodes at random under load; exits 1 if a job was lost or done twice.",
    mixinStandardHelpOptions = true)
final class CrashBench implements Callable<Integer> {

  enum Victim {
    EDGE,
    CLOUD,
    BOTH
  }

  private static final int CLIENTS = 4;
  private static final int PATIENCE_SECONDS = 180;

  /** How often for each job, because an answer may be late on a busy machine. */
  private static final int ASKED = 3;

  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int LONGEST_MOMENT_NANOS = 200_000_000;
  private static final int LONGEST_DRAIN_NANOS = 1_500_000_000;

  /** Of a cloud node that is back, to have the others' keys again before one of those dies. */
  private static final long WHOLE_NANOS = TimeUnit.SECONDS.toNanos(3);

  @Option(names = "--rounds", description = "Kills; default: ${DEFAULT-VALUE}")
  private int rounds = 20;

  @Option(names = "--kill", description = "edge, cloud or both; default: ${DEFAULT-VALUE}")
  private Victim victim = Victim.EDGE;

  @Option(names = "--cut-replies", description = "The line loses replies of the cloud, too.")
  private boolean cutReplies;

  @Option(
      names = "--longest-life",
      description = "Jobs accepted before a kill, at most; default: ${DEFAULT-VALUE}")
  private int longestLife = 60;

  @Option(names = "--seed", description = "Default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(names = "--keep", description = "Leaves outbox and logs in this folder.")
  private Path keep;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final CrashLedger ledger = new CrashLedger();
  private final AtomicInteger wanted = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private SplittableRandom random;
  private CrashSite site;
  private long startNanos = TimeUnit.SECONDS.toNanos(2);
  private int inStart;
  private int lastCloud = -1;

  @Override
  public Integer call() throws IOException {
    random = new SplittableRandom(seed);
    try (Scratch scratch = Scratch.create()) {
      Path folder = keep == null ? scratch.folder() : keep;
      Files.createDirectories(folder);
      try (CrashSite nodes =
          new CrashSite(folder, victim == Victim.EDGE ? 1 : 2, cutReplies, random)) {
        site = nodes;
        return run();
      }
    }
  }

  private int run() throws IOException {
    List<Thread> clients = clients(new JobClient(site.url()));
    for (int round = 1; round <= rounds; round++) {
      live(round);
    }
    over.set(true);
    clients.forEach(CrashBench::join);
    return settle();
  }

  /** One life of the victim: start, load, sudden death; every part of it may be the last. */
  private void live(int round) {
    boolean edgeDies = victim != Victim.CLOUD;
    if (edgeDies || round == 1) {
      site.startEdge();
    }
    if (edgeDies && random.nextInt(4) == 0) {
      pause((long) (random.nextDouble() * startNanos));
      inStart++;
    } else {
      awaitReady(edgeDies || round == 1);
      awaitInstant();
    }
    kill();
    spec.commandLine().getErr().printf("round %d: %d accepted%n", round, ledger.jobs().size());
    spec.commandLine().getErr().flush();
  }

  private void awaitReady(boolean started) {
    long begun = System.nanoTime();
    site.edge().awaitReady();
    if (started) {
      startNanos = System.nanoTime() - begun;
    }
  }

  /**
   * By jobs accepted and not by time, or a slow machine would see only kills of nodes that have
   * done nothing yet; every second time while jobs are being sent; then a random moment more.
   */
  private void awaitInstant() {
    int accepted = ledger.jobs().size() + random.nextInt(longestLife);
    boolean sending = random.nextBoolean();
    wanted.set(accepted);
    long latest = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (System.nanoTime() < latest
        && (ledger.jobs().size() < accepted || sending && !site.isLinked())) {
      pause(TimeUnit.MILLISECONDS.toNanos(5));
    }
    pause(random.nextInt(sending ? LONGEST_DRAIN_NANOS : LONGEST_MOMENT_NANOS));
  }

  private void kill() {
    if (victim != Victim.EDGE) {
      killCloud();
    }
    if (victim != Victim.CLOUD) {
      site.killEdge();
    }
  }

  /**
   * Any of them, in its start-up too; but not another before the last one has its backups again.
   */
  private void killCloud() {
    int index = random.nextInt(site.cloudNodes());
    if (lastCloud >= 0 && index != lastCloud) {
      site.cloudNode(lastCloud).awaitReady();
      awaitJoined(lastCloud);
      pause(WHOLE_NANOS);
    }
    site.killCloud(index);
    lastCloud = index;
    if (random.nextInt(4) == 0) {
      pause((long) (random.nextDouble() * startNanos));
      site.killCloud(index);
      inStart++;
    }
  }

  private void awaitJoined(int index) {
    long latest = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (System.nanoTime() < latest && !CrashJournal.hasJoined(site.cloudNode(index).log())) {
      pause(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static void pause(long nanos) {
    LockSupport.parkNanos(nanos);
  }

  private List<Thread> clients(JobClient client) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      threads.add(Thread.ofPlatform().daemon().start(() -> submit(client)));
    }
    return threads;
  }

  private void submit(JobClient client) {
    while (!over.get()) {
      if (ledger.jobs().size() < wanted.get()) {
        String key = ledger.next();
        ledger.answered(key, client.submit(key));
      }
      pause(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Repeats what is unanswered, waits for every job, and counts. */
  private int settle() throws IOException {
    if (victim != Victim.CLOUD) {
      site.startEdge();
    }
    site.edge().awaitReady();
    JobClient client = new JobClient(site.url());
    while (ledger.hasUnanswered()) {
      String key = ledger.next();
      ledger.answered(key, client.submit(key));
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    List<String> open = new ArrayList<>(ledger.jobs().values());
    while (client.count("queued") + client.count("running") != 0 && System.nanoTime() < deadline) {
      pause(TimeUnit.MILLISECONDS.toNanos(500));
    }
    for (int asked = 0; asked < ASKED; asked++) {
      open.removeIf(id -> client.status(id) == 200);
    }
    return report(client, open);
  }

  private int report(JobClient client, List<String> unfinished) throws IOException {
    int accepted = ledger.jobs().size();
    int kept = client.count("");
    CrashJournal journal = CrashJournal.read(site.logs());
    Table table =
        new Table(
            "killed",
            "rounds",
            "kills in start-up",
            "accepted",
            "finished",
            "lost",
            "in outbox",
            "keys with two jobs",
            "jobs run by cloud",
            "runs too many",
            "remembered twice",
            "replies cut");
    table.add(
        victim.name().toLowerCase(Locale.ROOT),
        "" + rounds,
        "" + inStart,
        "" + accepted,
        "" + (accepted - unfinished.size()),
        "" + unfinished.size(),
        "" + kept,
        "" + ledger.renamed(),
        "" + journal.jobs(),
        "" + journal.runsTooMany(),
        "" + journal.rememberedTwice(),
        "" + site.cuts());
    table.print(spec.commandLine().getOut());
    unfinished.stream().limit(5).forEach(id -> tell(id, client.status(id)));
    if (out != null) {
      table.write(out);
    }
    boolean nothingLost = unfinished.isEmpty() && kept == accepted && ledger.renamed() == 0;
    boolean once = journal.jobs() == accepted && journal.rememberedTwice() == 0;
    boolean runOnce = victim != Victim.EDGE || journal.runsTooMany() == 0;
    return nothingLost && once && runOnce ? 0 : 1;
  }

  private void tell(String id, int status) {
    spec.commandLine().getErr().printf("not finished: %s, status %d%n", id, status);
  }
}
