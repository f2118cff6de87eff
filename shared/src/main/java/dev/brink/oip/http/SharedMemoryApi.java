package dev.brink.oip.http;

import dev.brink.oip.json.JsonWriter;
import dev.brink.oip.rules.SharedMemory;
import java.util.List;

/**
 * {@code /v2/{system|cuda}sharedmemory[/region/{region}]/{status|register|unregister}}: there are
 * no regions.
 */
final class SharedMemoryApi {

  private SharedMemoryApi() {}

  /** The endpoint behind the kind, or null where there is none. */
  static Endpoint find(String kind, List<String> behind) {
    boolean named = behind.size() == 3 && behind.get(0).equals("region");
    if (!named && behind.size() != 1) {
      return null;
    }
    String region = named ? behind.get(1) : "";
    return switch (behind.getLast()) {
      case "status" -> Endpoint.get(exchange -> status(exchange, kind, region));
      case "unregister" -> Endpoint.post(exchange -> Answers.empty(exchange.response()));
      case "register" -> named ? Endpoint.post(SharedMemoryApi::refuse) : null;
      default -> null;
    };
  }

  private static void status(Exchange exchange, String kind, String region) {
    SharedMemory.requireNoRegion(kind, region);
    Answers.json(exchange.response(), new JsonWriter(8).beginArray().endArray());
  }

  private static void refuse(Exchange exchange) {
    exchange.fail(SharedMemory.unsupported());
  }
}
