package dev.brink.oip.grpc;

import dev.brink.oip.proto.CudaSharedMemoryRegisterRequest;
import dev.brink.oip.proto.CudaSharedMemoryRegisterResponse;
import dev.brink.oip.proto.CudaSharedMemoryStatusRequest;
import dev.brink.oip.proto.CudaSharedMemoryStatusResponse;
import dev.brink.oip.proto.CudaSharedMemoryUnregisterRequest;
import dev.brink.oip.proto.CudaSharedMemoryUnregisterResponse;
import dev.brink.oip.proto.SystemSharedMemoryRegisterRequest;
import dev.brink.oip.proto.SystemSharedMemoryRegisterResponse;
import dev.brink.oip.proto.SystemSharedMemoryStatusRequest;
import dev.brink.oip.proto.SystemSharedMemoryStatusResponse;
import dev.brink.oip.proto.SystemSharedMemoryUnregisterRequest;
import dev.brink.oip.proto.SystemSharedMemoryUnregisterResponse;
import dev.brink.oip.rules.SharedMemory;

/** The calls about shared memory, of which there is none. */
final class SharedMemoryRpc {

  private SharedMemoryRpc() {}

  static SystemSharedMemoryStatusResponse status(SystemSharedMemoryStatusRequest request) {
    SharedMemory.requireNoRegion("system", request.getName());
    return SystemSharedMemoryStatusResponse.getDefaultInstance();
  }

  static CudaSharedMemoryStatusResponse status(CudaSharedMemoryStatusRequest request) {
    SharedMemory.requireNoRegion("cuda", request.getName());
    return CudaSharedMemoryStatusResponse.getDefaultInstance();
  }

  static SystemSharedMemoryRegisterResponse register(SystemSharedMemoryRegisterRequest request) {
    throw SharedMemory.unsupported();
  }

  static CudaSharedMemoryRegisterResponse register(CudaSharedMemoryRegisterRequest request) {
    throw SharedMemory.unsupported();
  }

  static SystemSharedMemoryUnregisterResponse unregister(
      SystemSharedMemoryUnregisterRequest request) {
    return SystemSharedMemoryUnregisterResponse.getDefaultInstance();
  }

  static CudaSharedMemoryUnregisterResponse unregister(CudaSharedMemoryUnregisterRequest request) {
    return CudaSharedMemoryUnregisterResponse.getDefaultInstance();
  }
}
