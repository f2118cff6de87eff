package dev.brink.edge.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code brink route --dry-run --model intent}. */
@Command(
    name = "route",
    mixinStandardHelpOptions = true,
    description = "Prints where a running edge node would answer a request now, and why.")
public final class RouteCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--url", defaultValue = "http://127.0.0.1:8000", description = "The node.")
  private String url;

  @Option(names = "--dry-run", required = true, description = "Decides, and runs nothing.")
  private boolean dryRun;

  @Option(names = "--model", required = true, description = "The model's name.")
  private String model;

  @Option(
      names = "--route",
      defaultValue = "auto",
      description = "auto, edge, cloud or local-only.")
  private String route;

  @Option(
      names = "--timeout-ms",
      defaultValue = "1000",
      description = "Time the request would have.")
  private long timeoutMillis;

  @Override
  public Integer call() {
    String path =
        "/v2/models/%s/route?route=%s&timeout-ms=%d"
            .formatted(encoded(model), encoded(route), timeoutMillis);
    NodeClient.Reply reply = new NodeClient(url).get(path);
    if (reply.status() != 200) {
      throw CommandFailure.failed(reply.error());
    }
    spec.commandLine().getOut().println(reply.body().encodePrettily());
    return 0;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
