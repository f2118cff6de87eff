package dev.brink.edge.sim;

import java.util.Arrays;
import java.util.Locale;

/** Latency, forwarded share, threshold and price over the time of one run, as SVG. */
final class SeriesPlot {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 110;
  private static final int LEFT = 60;
  private static final int TOP = 40;
  private static final int GAP = 34;

  private final StringBuilder svg = new StringBuilder();
  private final Scenario scenario;
  private int panels;

  private SeriesPlot(Scenario scenario) {
    this.scenario = scenario;
  }

  static String of(RoutingBench.Result result) {
    SeriesPlot plot = new SeriesPlot(result.scenario());
    plot.panel("mean latency, ms", result.brink().meanLatencyMillis());
    plot.panel("forwarded share", result.brink().forwardedShare());
    plot.panel("threshold τ", result.brink().threshold());
    plot.panel("price λ", result.brink().price());
    return plot.whole();
  }

  private void panel(String name, double[] values) {
    int top = TOP + panels++ * (HEIGHT + GAP);
    double seconds = scenario.seconds();
    double highest = Math.max(1e-9, Arrays.stream(values).max().orElse(0));
    text(LEFT, top - 6, name);
    text(4, top + 10, String.format(Locale.ROOT, "%.3g", highest));
    text(4, top + HEIGHT, "0");
    rect(LEFT + WIDTH * scenario.from() / seconds, top, "#fde9d9", WIDTH * event() / seconds);
    svg.append("<polyline fill='none' stroke='#1f5fa8' stroke-width='1.4' points='");
    for (int i = 0; i < Math.min(values.length, (int) seconds); i++) {
      double x = LEFT + WIDTH * i / seconds;
      double y = top + HEIGHT * (1 - values[i] / highest);
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    svg.append("'/>\n");
    line(top + HEIGHT);
  }

  private double event() {
    return Math.max(0, Math.min(scenario.until(), scenario.seconds()) - scenario.from());
  }

  private void text(double x, double y, String value) {
    svg.append(
        String.format(
            Locale.ROOT, "<text x='%.0f' y='%.0f' font-size='11'>%s</text>%n", x, y, value));
  }

  private void rect(double x, double y, String fill, double width) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x='%.1f' y='%.0f' width='%.1f' height='%d' fill='%s'/>%n",
            x,
            y,
            width,
            HEIGHT,
            fill));
  }

  private void line(double y) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1='%d' y1='%.0f' x2='%d' y2='%.0f' stroke='#888'/>%n",
            LEFT,
            y,
            LEFT + WIDTH,
            y));
  }

  private String whole() {
    int height = TOP + panels * (HEIGHT + GAP);
    return String.format(
        Locale.ROOT,
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d'"
            + " font-family='sans-serif'>%n"
            + "<rect width='100%%' height='100%%' fill='white'/>%n"
            + "<text x='%d' y='18' font-size='13'>%s, %.0f s; the event is shaded</text>%n"
            + "%s</svg>%n",
        LEFT + WIDTH + 20,
        height,
        LEFT,
        scenario.name(),
        scenario.seconds(),
        svg);
  }
}
