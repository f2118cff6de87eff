package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
  private static final String SUFFIX = ".optimized.onnx";

  private final Path file;
  private final String state;
  private final Path kept;

  private OptimizedGraph(Path file) {
    this.file = file;
    this.state = hash(OrtModel.ENVIRONMENT.getVersion() + mark(file));
    String machine = hash(System.getProperty("os.arch") + processor());
    this.kept = file.resolveSibling(prefix() + state + "-" + machine + SUFFIX);
  }

  static OptimizedGraph of(Path file) {
    return new OptimizedGraph(file);
  }

  private String prefix() {
    return "." + file.getFileName() + "-";
  }

  private static String hash(String text) {
    return Integer.toHexString(text.hashCode());
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
    deleteOutdated();
    try {
      options.setOptimizedModelFilePath(unfinished.toString());
      OrtModel model = OrtModel.open(file, options, placement);
      keep(unfinished);
      return model;
    } catch (OrtException failure) {
      // The model's fault, or that of a full disk, or it has more than the 2 GB that a graph may
      // be written with: without keeping it ONNX Runtime tells which.
      options.setOptimizedModelFilePath("");
      OrtModel model = OrtModel.open(file, options, placement);
      LOG.warn("optimised graph not kept file={} error={}", kept, OrtMessages.plain(failure));
      return model;
    } finally {
      delete(unfinished);
    }
  }

  private void keep(Path unfinished) {
    try {
      Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      LOG.warn("optimised graph not kept file={} error={}", kept, failure.toString());
    }
  }

  /** Graphs of other states of the file and other versions of ONNX Runtime; not other machines'. */
  private void deleteOutdated() {
    try (DirectoryStream<Path> graphs =
        Files.newDirectoryStream(kept.getParent(), this::isOutdated)) {
      graphs.forEach(OptimizedGraph::delete);
    } catch (IOException | DirectoryIteratorException unreadable) {
      LOG.warn("outdated graphs not deleted file={} error={}", kept, unreadable.toString());
    }
  }

  private boolean isOutdated(Path graph) {
    String name = graph.getFileName().toString();
    return name.startsWith(prefix())
        && (name.endsWith(SUFFIX) || name.endsWith(SUFFIX + ".part"))
        && !name.startsWith(prefix() + state + "-");
  }

  private static void delete(Path graph) {
    try {
      Files.deleteIfExists(graph);
    } catch (IOException failure) {
      LOG.warn("optimised graph not deleted file={} error={}", graph, failure.toString());
    }
  }
}
