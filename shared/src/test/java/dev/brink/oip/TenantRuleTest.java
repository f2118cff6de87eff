package dev.brink.oip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.oip.grpc.GrpcUnderTest;
import dev.brink.oip.grpc.GrpcUnderTest.Outcome;
import dev.brink.oip.http.OipServerUnderTest;
import dev.brink.oip.http.OipServerUnderTest.Answer;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** For whom a request comes, over both transports. */
class TenantRuleTest {

  private static final String BODY =
      """
      {"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}
      """;

  private final EchoService service = new EchoService();

  @Test
  void theTenantIsWhoeverTheRuleSays() {
    CallerRules rules = CallerRules.open().withTenants(TenantRuleTest::byHeader);
    try (OipServerUnderTest http = http(rules);
        GrpcUnderTest grpc = grpc(rules)) {
      assertThat(post(http, Map.of("x-site", "acme")).status()).isEqualTo(200);
      assertThat(tenant()).isEqualTo("acme");

      call(grpc, Map.of("x-site", "other", "brink-tenant", "acme")).answer();
      assertThat(tenant()).isEqualTo("other");
    }
  }

  @Test
  void whatACallerSaysItselfIsDropped() {
    try (OipServerUnderTest http = http(CallerRules.open());
        GrpcUnderTest grpc = grpc(CallerRules.open())) {
      post(http, Map.of("brink-tenant", "acme"));
      assertThat(tenant()).isEmpty();

      call(grpc, Map.of("brink-tenant", "acme")).answer();
      assertThat(tenant()).isEmpty();
    }
  }

  @Test
  void whoMayNotAskIsToldWhy() {
    CallerRules rules = CallerRules.open().withTenants(TenantRuleTest::byHeader);
    try (OipServerUnderTest http = http(rules);
        GrpcUnderTest grpc = grpc(rules)) {
      Answer answer = post(http, Map.of());
      Outcome<ModelInferResponse> outcome = call(grpc, Map.of());

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.error()).isEqualTo("no site");
      assertThat(outcome.status()).isEqualTo(GrpcStatus.PERMISSION_DENIED);
      assertThat(outcome.message()).isEqualTo("no site");
      assertThat(service.requests()).isEmpty();
    }
  }

  private static String byHeader(HttpServerRequest request) {
    String site = request.getHeader("x-site");
    if (site == null) {
      throw new InferenceError.Forbidden("no site").asException();
    }
    return site;
  }

  private String tenant() {
    return service.last().context().tenant();
  }

  private OipServerUnderTest http(CallerRules rules) {
    return OipServerUnderTest.start(
        service, TestModels.catalog(), OipSettings.defaults("test"), rules);
  }

  private GrpcUnderTest grpc(CallerRules rules) {
    return GrpcUnderTest.start(service, TestModels.catalog(), OipSettings.defaults("test"), rules);
  }

  private static Answer post(OipServerUnderTest http, Map<String, String> headers) {
    return http.send(HttpMethod.POST, "/v2/models/m/infer", headers, Buffer.buffer(BODY));
  }

  private static Outcome<ModelInferResponse> call(GrpcUnderTest grpc, Map<String, String> headers) {
    ModelInferRequest request = ModelInferRequest.newBuilder().setModelName("m").build();
    return grpc.call("ModelInfer", headers, List.of(request), ModelInferResponse.parser());
  }
}
