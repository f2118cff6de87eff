package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model's graph as ONNX Runtime has optimised it for this kind of machine, kept beside the file
 * so that the next start need not do it again. Where it cannot be kept or read, the file itself is
 * opened.
 */
final class OptimizedGraph {

  private static final Logger LOG = LoggerFactory.getLogger(OptimizedGraph.class);

  private final Path file;
  private final Path kept;

  private OptimizedGraph(Path file, Path kept) {
    this.file = file;
    this.kept = kept;
  }

  static OptimizedGraph of(Path file) {
    return new OptimizedGraph(file, file.resolveSibling("." + key(file) + ".optimized.onnx"));
  }

  /** Changes with everything that the optimised graph depends on. */
  private static String key(Path file) {
    String machine = System.getProperty("os.arch") + processor();
    int hash = (OrtModel.ENVIRONMENT.getVersion() + mark(file) + machine).hashCode();
    return file.getFileName() + "-" + Integer.toHexString(hash);
  }

  private static String mark(Path file) {
    try {
      return FileMark.of(file).toString();
    } catch (IOException unreadable) {
      return "";
    }
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
    } catch (IOException notLinux) {
      return "";
    }
  }

  OrtModel open(OrtSession.SessionOptions options, Placement placement)
      throws OrtException, ModelLoadException {
    if (Files.isRegularFile(kept)) {
      try {
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
        return OrtModel.open(kept, options, placement);
      } catch (OrtException damaged) {
        LOG.warn("optimised graph not used file={} error={}", kept, damaged.getMessage());
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      }
    }
    return Files.isWritable(kept.getParent())
        ? openAndKeep(options, placement)
        : OrtModel.open(file, options, placement);
  }

  private OrtModel openAndKeep(OrtSession.SessionOptions options, Placement placement)
      throws OrtException, ModelLoadException {
    Path unfinished = kept.resolveSibling(kept.getFileName() + ".part");
    options.setOptimizedModelFilePath(unfinished.toString());
    OrtModel model = OrtModel.open(file, options, placement);
    try {
      Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      LOG.warn("optimised graph not kept file={} error={}", kept, failure.toString());
    }
    return model;
  }
}
