package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CPU per request beside the bare loop, beside each other and beside other servers. */
final class CostPart implements ServePart {

  private static final int CLIENTS = 16;
  private static final int BATCH_CLIENTS = 32;
  private static final int MEDIUM_CLIENTS = 4;

  private final List<String> peerCommands;
  private final Map<String, ServeCase> cases = new LinkedHashMap<>();

  /**
   * @param peerCommands of other servers to measure beside, see {@link Peer}
   */
  CostPart(List<String> peerCommands) {
    this.peerCommands = peerCommands;
  }

  @Override
  public void measure(ServeFixture fixture, Windows windows, ServeReport report)
      throws IOException, OrtException {
    try (ServeProcess node = fixture.node();
        Peers peers = Peers.start(fixture, peerCommands)) {
      addOwn(fixture, node);
      for (Peer peer : peers.all()) {
        add(fixture, peer, peer.name() + " tiny binary", "tiny", true, CLIENTS);
        add(fixture, peer, peer.name() + " tiny JSON", "tiny", false, CLIENTS);
        add(fixture, peer, peer.name() + " medium binary", "medium", true, MEDIUM_CLIENTS);
        add(fixture, peer, peer.name() + " medium JSON", "medium", false, MEDIUM_CLIENTS);
        add(fixture, peer, peer.name() + " text JSON", "text", false, CLIENTS);
      }
      windows.run(List.copyOf(cases.values()));
      reportOwn(report);
      for (Peer peer : peers.all()) {
        report(report, peer.name());
      }
      garbage(node, windows, report);
    }
  }

  private void addOwn(ServeFixture fixture, ServeProcess node) {
    add(fixture, node, "tiny binary", "tiny-alone", true, CLIENTS);
    add(fixture, node, "tiny binary batched", "tiny", true, BATCH_CLIENTS);
    byte[] message = fixture.message("tiny");
    cases.put(
        "tiny gRPC batched",
        new ServeCase(
            "tiny gRPC batched",
            node,
            fixture.bare("tiny"),
            () -> new GrpcLoad(node.grpcPort(), message, BATCH_CLIENTS)));
    add(fixture, node, "tiny JSON", "tiny-alone", false, CLIENTS);
    add(fixture, node, "medium binary", "medium-alone", true, MEDIUM_CLIENTS);
    add(fixture, node, "medium binary batched", "medium", true, MEDIUM_CLIENTS);
    add(fixture, node, "medium JSON", "medium-alone", false, MEDIUM_CLIENTS);
    add(fixture, node, "text JSON", "text-alone", false, CLIENTS);
    add(fixture, node, "text JSON batched", "text", false, BATCH_CLIENTS);
  }

  private void add(
      ServeFixture fixture, Server server, String name, String model, boolean binary, int clients) {
    byte[] request = binary ? fixture.binary(model) : fixture.json(model);
    cases.put(name, ServeCase.http(name, server, fixture.bare(model), request, clients));
  }

  private void reportOwn(ServeReport report) {
    report.efficiency(cases.get("tiny binary"), "0.22", "0.32");
    report.efficiency(cases.get("tiny binary batched"), "0.33", "0.50");
    over(report, "tiny binary", "tiny binary batched", "CPU, batching off / on", "1.6", "");
    over(report, "tiny binary batched", "tiny gRPC batched", "CPU, HTTP / gRPC", "0.85", "1.0");
    report.efficiency(cases.get("tiny JSON"), "0.17", "");
    report.efficiency(cases.get("medium binary"), "0.80", "0.90");
    over(report, "medium binary", "medium binary batched", "CPU, batching off / on", "0.97", "1");
    report.efficiency(cases.get("medium JSON"), "", "");
    report.efficiency(cases.get("text JSON"), "0.50", "0.62");
    report.efficiency(cases.get("text JSON batched"), "0.50", "0.62");
  }

  private void report(ServeReport report, String peer) {
    String figure = "CPU, " + peer + " / Brink";
    over(report, peer + " tiny binary", "tiny binary", figure, "2", "3");
    over(report, peer + " tiny JSON", "tiny JSON", figure, "2.6", "3.5");
    over(report, peer + " medium binary", "medium binary", figure, "", "");
    over(report, peer + " medium JSON", "medium JSON", figure, "1.7", "3");
    over(report, peer + " text JSON", "text JSON", figure, "1.2", "1.5");
  }

  /** How much more {@code other} costs than {@code name}, in a row of the latter. */
  private void over(
      ServeReport report, String other, String name, String figure, String least, String goal) {
    ServeCase measured = cases.get(name);
    report.ratio(measured, figure, cases.get(other).cpuOver(measured), least, goal);
  }

  private void garbage(ServeProcess node, Windows windows, ServeReport report) throws IOException {
    for (String name :
        List.of("tiny binary", "tiny binary batched", "tiny JSON", "medium binary")) {
      LoadWindow window = cases.get(name).window(2 * windows.seconds(), node::allocatedBytes);
      report.figure(
          name,
          "heap allocated per request, KiB",
          ServeReport.one(window.spentPerAnswer() / 1024),
          "",
          "",
          ServeReport.whole(window.perSecond()));
    }
  }
}
