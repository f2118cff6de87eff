package dev.brink.oip.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import dev.brink.oip.grpc.GrpcUnderTest.Outcome;
import dev.brink.oip.proto.CudaSharedMemoryStatusRequest;
import dev.brink.oip.proto.CudaSharedMemoryStatusResponse;
import dev.brink.oip.proto.CudaSharedMemoryUnregisterRequest;
import dev.brink.oip.proto.CudaSharedMemoryUnregisterResponse;
import dev.brink.oip.proto.LogSettingsRequest;
import dev.brink.oip.proto.LogSettingsResponse;
import dev.brink.oip.proto.SystemSharedMemoryRegisterRequest;
import dev.brink.oip.proto.SystemSharedMemoryRegisterResponse;
import dev.brink.oip.proto.SystemSharedMemoryStatusRequest;
import dev.brink.oip.proto.SystemSharedMemoryStatusResponse;
import dev.brink.oip.proto.SystemSharedMemoryUnregisterRequest;
import dev.brink.oip.proto.SystemSharedMemoryUnregisterResponse;
import dev.brink.oip.proto.TraceSettingRequest;
import dev.brink.oip.proto.TraceSettingResponse;
import dev.brink.oip.rules.OipSettings;
import io.vertx.grpc.common.GrpcStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Log and trace settings and shared memory over gRPC, against a real server. */
class GrpcSettingsTest {

  private static GrpcUnderTest server;

  @BeforeAll
  static void start() {
    server =
        GrpcUnderTest.start(
            new EchoService(),
            TestModels.catalog(),
            OipSettings.defaults("test").withModelControl(true));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void whatIsLoggedIsShownAndChanged() {
    LogSettingsResponse before = logSettings("log_info", null).answer();
    LogSettingsResponse quiet = logSettings("log_info", false).answer();
    LogSettingsResponse after = logSettings("log_info", true).answer();

    assertThat(before.getSettingsOrThrow("log_format").getStringParam()).isEqualTo("ISO8601");
    assertThat(before.getSettingsOrThrow("log_verbose_level").getUint32Param()).isZero();
    assertThat(quiet.getSettingsOrThrow("log_info").getBoolParam()).isFalse();
    assertThat(quiet.getSettingsOrThrow("log_warning").getBoolParam()).isTrue();
    assertThat(after).isEqualTo(before);
  }

  @Test
  void anUnknownLogSettingIsRefusedByName() {
    Outcome<LogSettingsResponse> outcome = logSettings("log_unheard", true);

    assertThat(outcome.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(outcome.message()).contains("log_unheard");
  }

  @Test
  void tracesStayOff() {
    TraceSettingResponse cleared = traceLevel().answer();

    assertThat(cleared.getSettingsOrThrow("trace_level").getValueList()).containsExactly("OFF");
    assertThat(traceLevel("OFF").answer()).isEqualTo(cleared);
    assertThat(traceLevel("TIMESTAMPS").status()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
  }

  @Test
  void sharedMemoryHasNoRegions() {
    assertThat(systemStatus("").answer().getRegionsCount()).isZero();
    assertThat(systemStatus("r").status()).isEqualTo(GrpcStatus.NOT_FOUND);
    assertThat(
            server
                .call(
                    "SystemSharedMemoryUnregister",
                    SystemSharedMemoryUnregisterRequest.getDefaultInstance(),
                    SystemSharedMemoryUnregisterResponse.parser())
                .status())
        .isEqualTo(GrpcStatus.OK);
    assertThat(
            server
                .call(
                    "SystemSharedMemoryRegister",
                    SystemSharedMemoryRegisterRequest.newBuilder().setName("r").build(),
                    SystemSharedMemoryRegisterResponse.parser())
                .status())
        .isEqualTo(GrpcStatus.UNIMPLEMENTED);
    assertThat(
            server
                .call(
                    "CudaSharedMemoryStatus",
                    CudaSharedMemoryStatusRequest.getDefaultInstance(),
                    CudaSharedMemoryStatusResponse.parser())
                .answer()
                .getRegionsCount())
        .isZero();
    assertThat(
            server
                .call(
                    "CudaSharedMemoryUnregister",
                    CudaSharedMemoryUnregisterRequest.getDefaultInstance(),
                    CudaSharedMemoryUnregisterResponse.parser())
                .status())
        .isEqualTo(GrpcStatus.OK);
  }

  private static Outcome<SystemSharedMemoryStatusResponse> systemStatus(String region) {
    return server.call(
        "SystemSharedMemoryStatus",
        SystemSharedMemoryStatusRequest.newBuilder().setName(region).build(),
        SystemSharedMemoryStatusResponse.parser());
  }

  private static Outcome<LogSettingsResponse> logSettings(String name, Boolean value) {
    LogSettingsRequest.Builder request = LogSettingsRequest.newBuilder();
    if (value != null) {
      request.putSettings(
          name, LogSettingsRequest.SettingValue.newBuilder().setBoolParam(value).build());
    }
    return server.call("LogSettings", request.build(), LogSettingsResponse.parser());
  }

  private static Outcome<TraceSettingResponse> traceLevel(String... values) {
    TraceSettingRequest request =
        TraceSettingRequest.newBuilder()
            .putSettings(
                "trace_level",
                TraceSettingRequest.SettingValue.newBuilder()
                    .addAllValue(java.util.List.of(values))
                    .build())
            .build();
    return server.call("TraceSetting", request, TraceSettingResponse.parser());
  }
}
