package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.model.ModelSettings;
import dev.brink.resilience.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Brings a version of a model from its file into service. */
final class ModelLoader {

  /** More instances than this are only worth it when somebody has measured and says so. */
  private static final int MAX_AUTO_INSTANCES = 4;

  private final Answerer answerer;
  private final Ticker ticker;

  ModelLoader(Answerer answerer, Ticker ticker) {
    this.answerer = answerer;
    this.ticker = ticker;
  }

  LoadedModel load(String name, long version, Path file, ModelSettings settings)
      throws ModelLoadException {
    requireSha256(file, settings, version);
    OrtModel model = open(file, settings);
    LoadedModel loaded =
        new LoadedModel(name, Long.toString(version), settings, model, answerer, ticker);
    try {
      loaded.start(settings.runtime().instances().orElse(ModelLoader::autoInstances));
      return loaded;
    } catch (OrtException failure) {
      loaded.close();
      throw new ModelLoadException(OrtMessages.plain(failure), failure);
    }
  }

  private static OrtModel open(Path file, ModelSettings settings) throws ModelLoadException {
    int threads = settings.runtime().intraOpThreads().orElse(() -> 1);
    try (OrtSession.SessionOptions options = SessionOptions.of(settings.runtime(), threads)) {
      return OrtModel.open(file, options);
    } catch (OrtException refused) {
      throw new ModelLoadException(OrtMessages.plain(refused), refused);
    }
  }

  private static int autoInstances() {
    return Math.min(MAX_AUTO_INSTANCES, Runtime.getRuntime().availableProcessors());
  }

  private static void requireSha256(Path file, ModelSettings settings, long version)
      throws ModelLoadException {
    var stated = settings.versions().get(Long.toString(version));
    if (stated == null || stated.sha256().isEmpty()) {
      return;
    }
    String actual = sha256(file);
    if (!actual.equalsIgnoreCase(stated.sha256())) {
      throw new ModelLoadException(
          "sha256 of version %d is %s (expected: %s)".formatted(version, actual, stated.sha256()));
    }
  }

  private static String sha256(Path file) throws ModelLoadException {
    try (InputStream content = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 16];
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        digest.update(chunk, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException unreadable) {
      throw new ModelLoadException("cannot read the model file", unreadable);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
