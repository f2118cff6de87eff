package dev.brink.management;

import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * A part of the console. Keys of {@code state} are shown with their values; a key whose value is an
 * array of objects is shown as a table with one column for each key of the first object.
 *
 * @param name its heading
 * @param state asked once a second while somebody looks; must not block
 */
public record ConsoleSection(String name, Supplier<JsonObject> state) {}
