package dev.brink.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporary folders with files that came with load commands; kept while what was loaded from them
 * may have to be opened again.
 */
final class CommandFolders {

  private static final Logger LOG = LoggerFactory.getLogger(CommandFolders.class);

  private final Map<Path, List<LoadedModel>> users = new LinkedHashMap<>();

  Path create() throws IOException {
    Path folder = Files.createTempDirectory("brink-model-");
    users.put(folder, List.of());
    return folder;
  }

  /**
   * Of {@code loaded}, which came from {@code folder}, those that run on an accelerator need it.
   */
  void usedBy(Path folder, Collection<LoadedModel> loaded) {
    users.put(folder, loaded.stream().filter(LoadedModel::reopens).toList());
  }

  /** Deletes those of which nothing is in service. */
  void deleteUnused(Collection<LoadedModel> inService) {
    Iterator<Map.Entry<Path, List<LoadedModel>>> all = users.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Path, List<LoadedModel>> folder = all.next();
      if (folder.getValue().stream().noneMatch(inService::contains)) {
        all.remove();
        delete(folder.getKey());
      }
    }
  }

  private static void delete(Path folder) {
    try {
      OverrideFiles.delete(folder);
    } catch (IOException failure) {
      LOG.warn("files of a load not deleted folder={} error={}", folder, failure.toString());
    }
  }
}
