package dev.brink.oip.grpc;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelState;
import dev.brink.oip.proto.ModelRepositoryParameter;
import dev.brink.oip.proto.RepositoryIndexRequest;
import dev.brink.oip.proto.RepositoryIndexResponse;
import dev.brink.oip.proto.RepositoryIndexResponse.ModelIndex;
import dev.brink.oip.proto.RepositoryModelLoadRequest;
import dev.brink.oip.proto.RepositoryModelLoadResponse;
import dev.brink.oip.proto.RepositoryModelUnloadRequest;
import dev.brink.oip.proto.RepositoryModelUnloadResponse;
import dev.brink.oip.rules.RepositoryRules;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** The repository: what is in it, what shall be loaded. */
final class RepositoryRpc {

  private final ModelCatalog catalog;
  private final RepositoryRules rules;

  RepositoryRpc(ModelCatalog catalog, RepositoryRules rules) {
    this.catalog = catalog;
    this.rules = rules;
  }

  RepositoryIndexResponse index(RepositoryIndexRequest request) {
    RepositoryRules.requireNoRepository(request.getRepositoryName());
    RepositoryIndexResponse.Builder answer = RepositoryIndexResponse.newBuilder();
    catalog.index().stream()
        .filter(entry -> !request.getReady() || entry.state() == ModelState.READY)
        .forEach(
            entry ->
                answer.addModels(
                    ModelIndex.newBuilder()
                        .setName(entry.name())
                        .setVersion(entry.version())
                        .setState(entry.state().name())
                        .setReason(entry.reason())));
    return answer.build();
  }

  Future<RepositoryModelLoadResponse> load(RepositoryModelLoadRequest request) {
    RepositoryRules.requireNoRepository(request.getRepositoryName());
    Map<String, Object> parameters = new HashMap<>();
    request.getParametersMap().forEach((name, value) -> parameters.put(name, value(name, value)));
    return rules
        .load(request.getModelName(), parameters)
        .map(RepositoryModelLoadResponse.getDefaultInstance());
  }

  private static Object value(String name, ModelRepositoryParameter value) {
    RepositoryRules.requireKnown(name);
    boolean file = RepositoryRules.isFile(name);
    if (file && value.hasBytesParam()) {
      return value.getBytesParam().toByteArray();
    }
    if (!file && value.hasStringParam()) {
      return value.getStringParam();
    }
    throw wrongKind(name);
  }

  private static InferenceException wrongKind(String name) {
    return InferenceError.invalid(
        "invalid value type for load parameter '%s', expected %s"
            .formatted(name, RepositoryRules.isFile(name) ? "bytes_param" : "string_param"));
  }

  Future<RepositoryModelUnloadResponse> unload(RepositoryModelUnloadRequest request) {
    RepositoryRules.requireNoRepository(request.getRepositoryName());
    return rules
        .unload(request.getModelName())
        .map(RepositoryModelUnloadResponse.getDefaultInstance());
  }
}
