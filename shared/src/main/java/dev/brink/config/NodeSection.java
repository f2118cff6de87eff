package dev.brink.config;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Who this node is.
 *
 * @param id its name in answers, logs and the cluster, unique in the fleet; left out, one is made
 *     up at every start
 */
public record NodeSection(@Default("") String id) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  public NodeSection {
    if (id.isEmpty()) {
      id = "node-" + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 20, 1 << 30), 36);
    }
    if (!FORM.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "id: " + id + " (expected: at most 64 letters, digits, dots, dashes, underscores)");
    }
  }
}
