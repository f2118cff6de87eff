package dev.brink.node;

import dev.brink.config.ConfigBinder;
import dev.brink.config.ConfigException;
import io.vertx.core.Future;
import java.net.BindException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Runs a node as this process. Prints one line to standard output when ready. Exit status: 0 after
 * a stop by signal, 1 where the node could not start or not stop in time, 2 for wrong arguments or
 * configuration.
 */
public final class NodeProcess<C extends Record> {

  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 45;

  private final String role;
  private final Class<C> configType;
  private final Function<C, Future<? extends RunningNode>> start;

  public NodeProcess(
      String role, Class<C> configType, Function<C, Future<? extends RunningNode>> start) {
    this.role = role;
    this.configType = configType;
    this.start = start;
  }

  public void run(String[] arguments) {
    int status = tryRun(arguments);
    if (status != 0) {
      Runtime.getRuntime().halt(status);
    }
  }

  private int tryRun(String[] arguments) {
    try {
      NodeArguments parsed = NodeArguments.parse(arguments);
      if (parsed.help()) {
        System.out.println(usage());
        return 0;
      }
      return serve(parsed);
    } catch (IllegalArgumentException wrongUsage) {
      System.err.println(wrongUsage.getMessage() + System.lineSeparator() + usage());
      return 2;
    }
  }

  private int serve(NodeArguments parsed) {
    ConfigBinder binder = new ConfigBinder(System.getenv(), parsed.overrides());
    try {
      return serve(binder.read(configType, parsed.config()), parsed.watchParent());
    } catch (ConfigException broken) {
      System.err.println(broken.in(parsed.config()));
      return 2;
    }
  }

  private int serve(C config, boolean watchParent) {
    try {
      RunningNode node =
          start
              .apply(config)
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_SECONDS, TimeUnit.SECONDS);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "stop"));
      if (watchParent) {
        exitWithParent();
      }
      System.out.println(readyLine(node));
      new CountDownLatch(1).await();
      return 0;
    } catch (ExecutionException failed) {
      System.err.println(role + " node could not start: " + reason(failed.getCause()));
      return 1;
    } catch (TimeoutException late) {
      System.err.println(role + " node could not start within " + START_SECONDS + " s");
      return 1;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private String readyLine(RunningNode node) {
    String grpc = node.grpcPort().isPresent() ? "" + node.grpcPort().getAsInt() : "-";
    return "ready %s http=%d grpc=%s management=%d"
        .formatted(role, node.httpPort(), grpc, node.managementPort());
  }

  private static void stop(RunningNode node) {
    try {
      node.stop().toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
      Runtime.getRuntime().halt(0);
    } catch (ExecutionException | TimeoutException | InterruptedException unclean) {
      System.err.println("stopped without draining: " + reason(unclean));
      Runtime.getRuntime().halt(1);
    }
  }

  /** A node started for somebody's demo must not outlive it, however that died. */
  private static void exitWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
  }

  private static String reason(Throwable failure) {
    if (failure instanceof BindException inUse) {
      return inUse.getMessage() + " (is the port in use? choose another or 0 for any free one)";
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private String usage() {
    return """
    usage: brink %1$s --config FILE [--set key=value]...
      --config FILE      the node's configuration, such as configs/%1$s.yaml
      --set key=value    overrides one key; lists by comma; may be repeated
      --watch-parent     exits when the process that started this one does\
    """
        .formatted(role);
  }
}
