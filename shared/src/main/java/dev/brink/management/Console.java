package dev.brink.management;

import dev.brink.telemetry.RequestSummary;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One page that shows what the node is doing; it needs nothing but itself. */
public final class Console {

  private final String role;
  private final String nodeId;
  private final RequestSummary requests;
  private final List<ConsoleSection> sections = new CopyOnWriteArrayList<>();

  public Console(String role, String nodeId, RequestSummary requests) {
    this.role = role;
    this.nodeId = nodeId;
    this.requests = requests;
  }

  /** Adds a section below those already there. */
  public Console add(ConsoleSection section) {
    sections.add(section);
    return this;
  }

  JsonObject state() {
    JsonArray shown = new JsonArray();
    for (ConsoleSection section : sections) {
      shown.add(JsonObject.of("name", section.name(), "state", ask(section)));
    }
    return JsonObject.of(
        "role", role, "node", nodeId, "traffic", requests.toJson(), "sections", shown);
  }

  private static JsonObject ask(ConsoleSection section) {
    try {
      return section.state().get();
    } catch (RuntimeException broken) {
      return JsonObject.of("error", broken.toString());
    }
  }

  static String page() {
    try (InputStream page = Console.class.getResourceAsStream("console.html")) {
      return new String(page.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
