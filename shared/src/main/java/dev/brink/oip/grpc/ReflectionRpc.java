package dev.brink.oip.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.intake.MemoryLease;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.reflection.v1.ErrorResponse;
import io.vertx.grpc.reflection.v1.FileDescriptorResponse;
import io.vertx.grpc.reflection.v1.ListServiceResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Server reflection: tools ask which services there are, and for the files that describe them. */
final class ReflectionRpc {

  private final List<ServiceDescriptor> services;
  private final Messages messages;
  private final MemoryBudget budget;
  private final Map<String, FileDescriptor> files = new LinkedHashMap<>();

  ReflectionRpc(List<ServiceDescriptor> services, Messages messages, MemoryBudget budget) {
    this.services = List.copyOf(services);
    this.messages = messages;
    this.budget = budget;
    services.forEach(service -> add(service.getFile()));
  }

  private void add(FileDescriptor file) {
    files.put(file.getName(), file);
    file.getDependencies().forEach(this::add);
  }

  void serve(GrpcServerRequest<Buffer, ServerReflectionResponse> request) {
    GrpcCall<ServerReflectionResponse> call = new GrpcCall<>(request);
    request.messageHandler(message -> answer(call, message));
    request.endHandler(end -> call.end());
  }

  private void answer(GrpcCall<ServerReflectionResponse> call, GrpcMessage message) {
    MemoryLease lease = new MemoryLease(budget);
    messages
        .read(message, ServerReflectionRequest.parser(), lease)
        .onComplete(any -> lease.close())
        .onSuccess(request -> call.write(answer(request)))
        .onFailure(call::fail);
  }

  private ServerReflectionResponse answer(ServerReflectionRequest request) {
    ServerReflectionResponse.Builder answer =
        ServerReflectionResponse.newBuilder()
            .setValidHost(request.getHost())
            .setOriginalRequest(request);
    return switch (request.getMessageRequestCase()) {
      case LIST_SERVICES -> answer.setListServicesResponse(names()).build();
      case FILE_BY_FILENAME -> withFile(answer, files.get(request.getFileByFilename()));
      case FILE_CONTAINING_SYMBOL -> withFile(answer, declaring(request.getFileContainingSymbol()));
      case FILE_CONTAINING_EXTENSION, ALL_EXTENSION_NUMBERS_OF_TYPE, MESSAGEREQUEST_NOT_SET ->
          withFile(answer, null);
    };
  }

  private ListServiceResponse names() {
    ListServiceResponse.Builder names = ListServiceResponse.newBuilder();
    services.forEach(
        service -> names.addService(ServiceResponse.newBuilder().setName(service.getFullName())));
    return names.build();
  }

  private static ServerReflectionResponse withFile(
      ServerReflectionResponse.Builder answer, FileDescriptor file) {
    if (file == null) {
      return answer
          .setErrorResponse(
              ErrorResponse.newBuilder()
                  .setErrorCode(GrpcStatus.NOT_FOUND.code)
                  .setErrorMessage("not found"))
          .build();
    }
    return answer
        .setFileDescriptorResponse(
            FileDescriptorResponse.newBuilder()
                .addFileDescriptorProto(file.toProto().toByteString()))
        .build();
  }

  /** The file that declares a service, a method or a message of this name; null for none. */
  private FileDescriptor declaring(String symbol) {
    return files.values().stream().filter(file -> declares(file, symbol)).findFirst().orElse(null);
  }

  private static boolean declares(FileDescriptor file, String symbol) {
    String prefix = file.getPackage().isEmpty() ? "" : file.getPackage() + ".";
    if (!symbol.startsWith(prefix)) {
      return false;
    }
    String first = symbol.substring(prefix.length()).split("\\.", 2)[0];
    return file.findServiceByName(first) != null
        || file.findMessageTypeByName(first) != null
        || file.findEnumTypeByName(first) != null;
  }
}
