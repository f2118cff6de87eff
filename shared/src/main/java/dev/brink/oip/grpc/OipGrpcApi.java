package dev.brink.oip.grpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceService;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.proto.CudaSharedMemoryRegisterRequest;
import dev.brink.oip.proto.CudaSharedMemoryStatusRequest;
import dev.brink.oip.proto.CudaSharedMemoryUnregisterRequest;
import dev.brink.oip.proto.LogSettingsRequest;
import dev.brink.oip.proto.ModelConfigRequest;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelMetadataRequest;
import dev.brink.oip.proto.ModelReadyRequest;
import dev.brink.oip.proto.ModelStatisticsRequest;
import dev.brink.oip.proto.ModelStreamInferResponse;
import dev.brink.oip.proto.OpenInferenceProto;
import dev.brink.oip.proto.RepositoryIndexRequest;
import dev.brink.oip.proto.RepositoryModelLoadRequest;
import dev.brink.oip.proto.RepositoryModelLoadResponse;
import dev.brink.oip.proto.RepositoryModelUnloadRequest;
import dev.brink.oip.proto.RepositoryModelUnloadResponse;
import dev.brink.oip.proto.ServerLiveRequest;
import dev.brink.oip.proto.ServerLiveResponse;
import dev.brink.oip.proto.ServerMetadataRequest;
import dev.brink.oip.proto.ServerMetadataResponse;
import dev.brink.oip.proto.ServerReadyRequest;
import dev.brink.oip.proto.ServerReadyResponse;
import dev.brink.oip.proto.SystemSharedMemoryRegisterRequest;
import dev.brink.oip.proto.SystemSharedMemoryStatusRequest;
import dev.brink.oip.proto.SystemSharedMemoryUnregisterRequest;
import dev.brink.oip.proto.TraceSettingRequest;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.Extensions;
import dev.brink.oip.rules.InferenceCall;
import dev.brink.oip.rules.LogSettings;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.rules.RepositoryRules;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthProto;
import io.vertx.grpc.reflection.v1.ServerReflectionProto;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The Open Inference Protocol v2 over gRPC, with Triton's extensions, health and reflection.
 * Answers are always raw. Deadlines are kept here and not by the gRPC library, which rounds them to
 * milliseconds and would leave the work going on.
 */
public final class OipGrpcApi {

  private static final String STREAM = "/inference.GRPCInferenceService/ModelStreamInfer";

  private static final String REFLECT = "ServerReflectionInfo";

  private final Vertx vertx;
  private final InferenceService service;
  private final ModelCatalog catalog;
  private final OipSettings settings;
  private final CallerRules callers;
  private final BooleanSupplier ready;

  /** As the other constructor, open to every caller. */
  public OipGrpcApi(
      Vertx vertx,
      InferenceService service,
      ModelCatalog catalog,
      OipSettings settings,
      BooleanSupplier accepting) {
    this(vertx, service, catalog, settings, CallerRules.open(), accepting);
  }

  /**
   * @param accepting false from the moment on at which the node drains
   */
  public OipGrpcApi(
      Vertx vertx,
      InferenceService service,
      ModelCatalog catalog,
      OipSettings settings,
      CallerRules callers,
      BooleanSupplier accepting) {
    this.vertx = vertx;
    this.service = service;
    this.catalog = catalog;
    this.settings = settings;
    this.callers = callers;
    this.ready = () -> accepting.getAsBoolean() && catalog.isReady();
  }

  /** To be the request handler of an HTTP/2 server. */
  public Handler<HttpServerRequest> handler() {
    MemoryBudget budget = new MemoryBudget(settings.maxBodiesBytes());
    GrpcServer server =
        GrpcServer.server(
            vertx, new GrpcServerOptions().setMaxMessageSize(settings.maxMessageBytes()));
    Messages messages = new Messages(settings.maxMessageBytes(), new CodecThreads(vertx));
    server.addService(inference(messages, budget));
    server.addService(health(messages, budget));
    reflection(server, messages, budget).forEach(server::addService);
    RestrictedCalls restricted = new RestrictedCalls(callers.restrictions());
    CallTenants tenants = new CallTenants(callers.tenants());
    return request -> {
      if (!restricted.admit(request) || !tenants.admit(request)) {
        return;
      }
      boolean streams = STREAM.equals(request.path());
      server.handle(new GuardedRequest(request, new MemoryLease(budget), streams));
    };
  }

  private Service health(Messages messages, MemoryBudget budget) {
    HealthRpc health = new HealthRpc(vertx, ready);
    Binder binder =
        new Binder(HealthProto.getDescriptor().findServiceByName("Health"), messages, budget);
    bind(binder, "Check", HealthCheckRequest.parser(), health::check);
    binder.<HealthCheckRequest, HealthCheckResponse>answers(
        "Watch", HealthCheckRequest.parser(), health::watch);
    return binder.bound();
  }

  private Service inference(Messages messages, MemoryBudget budget) {
    Binder binder =
        new Binder(
            OpenInferenceProto.getDescriptor().findServiceByName("GRPCInferenceService"),
            messages,
            budget);
    bindServer(binder);
    bindModels(binder);
    bindRepository(binder);
    bindSharedMemory(binder);
    SettingsRpc rpc = new SettingsRpc(new LogSettings(callers.log(), settings));
    bind(binder, "LogSettings", LogSettingsRequest.parser(), rpc::logging);
    bind(binder, "TraceSetting", TraceSettingRequest.parser(), SettingsRpc::trace);
    InferRpc infer =
        new InferRpc(
            new InferenceCall(vertx, service, System::nanoTime),
            settings,
            callers.forwarded(),
            catalog);
    binder.unary("ModelInfer", ModelInferRequest.parser(), infer::unary);
    binder.<ModelStreamInferResponse>stream(
        "ModelStreamInfer", call -> new StreamRpc(call, infer, messages, budget).serve());
    return binder.bound();
  }

  /** Under today's name, and under the one that tools asked for until 2023: the same messages. */
  private static List<Service> reflection(
      GrpcServer server, Messages messages, MemoryBudget budget) {
    ServiceDescriptor own =
        ServerReflectionProto.getDescriptor().findServiceByName("ServerReflection");
    List<ServiceDescriptor> services = new ArrayList<>(List.of(own));
    server.services().forEach(service -> services.add(service.descriptor()));
    ReflectionRpc reflection = new ReflectionRpc(services, messages, budget);
    return Stream.of(own.getFullName(), "grpc.reflection.v1alpha.ServerReflection")
        .map(name -> new Binder(name, own, messages, budget))
        .map(binder -> binder.<ServerReflectionResponse>stream(REFLECT, reflection::serve).bound())
        .toList();
  }

  private void bindServer(Binder binder) {
    bind(
        binder,
        "ServerLive",
        ServerLiveRequest.parser(),
        request -> ServerLiveResponse.newBuilder().setLive(true).build());
    bind(
        binder,
        "ServerReady",
        ServerReadyRequest.parser(),
        request -> ServerReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build());
    bind(
        binder,
        "ServerMetadata",
        ServerMetadataRequest.parser(),
        request ->
            ServerMetadataResponse.newBuilder()
                .setName(settings.serverName())
                .setVersion(settings.serverVersion())
                .addAllExtensions(Extensions.names())
                .build());
  }

  private void bindModels(Binder binder) {
    ModelRpc models = new ModelRpc(catalog);
    bind(binder, "ModelReady", ModelReadyRequest.parser(), models::ready);
    bind(binder, "ModelMetadata", ModelMetadataRequest.parser(), models::metadata);
    bind(binder, "ModelConfig", ModelConfigRequest.parser(), models::config);
    bind(binder, "ModelStatistics", ModelStatisticsRequest.parser(), models::statistics);
  }

  private void bindRepository(Binder binder) {
    RepositoryRpc repository = new RepositoryRpc(catalog, new RepositoryRules(catalog, settings));
    bind(binder, "RepositoryIndex", RepositoryIndexRequest.parser(), repository::index);
    binder.<RepositoryModelLoadRequest, RepositoryModelLoadResponse>unary(
        "RepositoryModelLoad",
        RepositoryModelLoadRequest.parser(),
        (call, request) -> attempt(request, repository::load));
    binder.<RepositoryModelUnloadRequest, RepositoryModelUnloadResponse>unary(
        "RepositoryModelUnload",
        RepositoryModelUnloadRequest.parser(),
        (call, request) -> attempt(request, repository::unload));
  }

  private static void bindSharedMemory(Binder binder) {
    bind(
        binder,
        "SystemSharedMemoryStatus",
        SystemSharedMemoryStatusRequest.parser(),
        SharedMemoryRpc::status);
    bind(
        binder,
        "SystemSharedMemoryRegister",
        SystemSharedMemoryRegisterRequest.parser(),
        SharedMemoryRpc::register);
    bind(
        binder,
        "SystemSharedMemoryUnregister",
        SystemSharedMemoryUnregisterRequest.parser(),
        SharedMemoryRpc::unregister);
    bind(
        binder,
        "CudaSharedMemoryStatus",
        CudaSharedMemoryStatusRequest.parser(),
        SharedMemoryRpc::status);
    bind(
        binder,
        "CudaSharedMemoryRegister",
        CudaSharedMemoryRegisterRequest.parser(),
        SharedMemoryRpc::register);
    bind(
        binder,
        "CudaSharedMemoryUnregister",
        CudaSharedMemoryUnregisterRequest.parser(),
        SharedMemoryRpc::unregister);
  }

  private static <Q extends Message, A extends MessageLite> void bind(
      Binder binder, String method, Parser<Q> parser, Function<Q, A> action) {
    binder.<Q, A>unary(
        method,
        parser,
        (call, request) -> attempt(request, q -> Future.succeededFuture(action.apply(q))));
  }

  private static <Q, A> Future<A> attempt(Q request, Function<Q, Future<A>> action) {
    try {
      return action.apply(request);
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
  }
}
