package dev.brink.cluster;

import dev.brink.inference.LoadReport;
import java.util.Set;

/**
 * What a cloud node says of itself when it is pinged.
 *
 * @param accepting false while it drains: it finishes what it has and wants no more
 */
public record NodeStatus(boolean accepting, Set<HeldModel> models, LoadReport load) {

  public NodeStatus {
    models = Set.copyOf(models);
  }
}
