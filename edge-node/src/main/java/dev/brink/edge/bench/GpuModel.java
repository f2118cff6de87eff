package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model to be measured, in a repository with nothing else in it. */
record GpuModel(String name, Path repository) {

  static GpuModel of(Path scratch, String name, Path file) throws IOException {
    GpuModel model = new GpuModel(name, scratch.resolve("repository-" + name));
    Files.createDirectories(model.file().getParent());
    Files.copy(file, model.file());
    return model;
  }

  Path file() {
    return repository.resolve(name).resolve("1/model.onnx");
  }

  /** Has the next load run it on {@code provider}, or not at all, with up to {@code rows} a run. */
  void configure(String provider, int rows) throws IOException {
    Files.writeString(
        repository.resolve(name).resolve("model.yaml"),
        """
        runtime: { providers: [%s] }
        batching: { max-size: %d, learned: false, max-queue: 1024 }
        """
            .formatted(provider, rows));
  }
}
