package dev.brink.oip.http;

import dev.brink.inference.InferenceException;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.json.JsonReader;
import java.util.function.Consumer;
import java.util.function.Function;

/** Bodies that are a JSON object, or nothing, which stands for an empty one. */
final class JsonBodies {

  private static final byte[] NOTHING = {'{', '}'};

  private final Inferences bodies;

  JsonBodies(Inferences bodies) {
    this.bodies = bodies;
  }

  /** Reads the body and goes on with what it says; what either throws is the answer. */
  <T> void read(Exchange exchange, Function<JsonReader, T> reader, Consumer<T> next) {
    bodies
        .read(exchange, (body, lease) -> reader.apply(object(body, lease)))
        .onSuccess(read -> go(exchange, next, read))
        .onFailure(exchange::fail);
  }

  private static <T> void go(Exchange exchange, Consumer<T> next, T read) {
    try {
      next.accept(read);
    } catch (InferenceException refused) {
      exchange.fail(refused);
    }
  }

  private static JsonReader object(Body body, MemoryLease lease) {
    JsonReader json =
        body.length() == 0
            ? new JsonReader(NOTHING, 0, NOTHING.length)
            : new JsonReader(body.bytes(), 0, body.length(), lease::take);
    json.beginObject("request");
    return json;
  }
}
