package dev.brink.serving;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model file opened by ONNX Runtime: one session that all instances of the model share. */
final class OrtModel implements Executable {

  static final OrtEnvironment ENVIRONMENT =
      OrtFolder.without(
          () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "brink"));

  private final OrtSession session;
  private final Signature signature;
  private final Placement placement;
  private final boolean arena;

  private OrtModel(OrtSession session, Signature signature, Placement placement, boolean arena) {
    this.arena = arena;
    this.session = session;
    this.signature = signature;
    this.placement = placement;
  }

  /** Made here, since before {@link #ENVIRONMENT} is there accelerators fail without saying why. */
  static OrtSession.SessionOptions newOptions() {
    return new OrtSession.SessionOptions();
  }

  /**
   * Opens {@code file}; takes as long as reading and optimising it takes.
   *
   * @throws OrtException where ONNX Runtime refuses the file or the options
   * @throws ModelLoadException where it takes both, but this node cannot serve the model
   */
  static OrtModel open(Path file, OrtSession.SessionOptions options, Placement placement)
      throws OrtException, ModelLoadException {
    OrtSession session = ENVIRONMENT.createSession(file.toString(), options);
    try {
      return new OrtModel(session, signature(session), placement, true);
    } catch (OrtException | ModelLoadException refused) {
      closeQuietly(session);
      throw refused;
    }
  }

  /** The same, opened with an arena or not. */
  OrtModel withArena(boolean other) {
    return new OrtModel(session, signature, placement, other);
  }

  @Override
  public boolean hasArena() {
    return arena;
  }

  @Override
  public Signature signature() {
    return signature;
  }

  @Override
  public Placement placement() {
    return placement;
  }

  private static Signature signature(OrtSession session) throws OrtException, ModelLoadException {
    List<TensorSpec> inputs = specs("input", session.getInputInfo().values());
    for (TensorSpec input : inputs) {
      if (input.dataType() != DataType.BYTES && ElementTypes.bindable(input.dataType()).isEmpty()) {
        throw new ModelLoadException(
            "input '%s' has data-type %s, which ONNX Runtime's Java binding cannot take"
                .formatted(input.name(), input.dataType()));
      }
    }
    return Signature.of(inputs, specs("output", session.getOutputInfo().values()));
  }

  private static List<TensorSpec> specs(String role, Collection<NodeInfo> nodes)
      throws ModelLoadException {
    List<TensorSpec> specs = new ArrayList<>();
    for (NodeInfo node : nodes) {
      if (!(node.getInfo() instanceof TensorInfo info)) {
        throw new ModelLoadException(
            "%s '%s' is not a tensor but %s"
                .formatted(role, node.getName(), node.getInfo().getClass().getSimpleName()));
      }
      DataType type =
          ElementTypes.of(info)
              .orElseThrow(
                  () ->
                      new ModelLoadException(
                          "%s '%s' has element type %s, which the protocol does not know"
                              .formatted(role, node.getName(), info.onnxType)));
      specs.add(new TensorSpec(node.getName(), type, Shape.of(info.getShape())));
    }
    return specs;
  }

  @Override
  public OrtSession.Result run(
      Map<String, OnnxTensor> inputs,
      Set<String> free,
      Map<String, OnnxTensor> pinned,
      OrtSession.RunOptions options)
      throws OrtException {
    return session.run(inputs, free, pinned, options);
  }

  @Override
  public void close() {
    closeQuietly(session);
  }

  private static void closeQuietly(OrtSession session) {
    try {
      session.close();
    } catch (OrtException alreadyClosed) {
      throw new IllegalStateException(alreadyClosed);
    }
  }
}
