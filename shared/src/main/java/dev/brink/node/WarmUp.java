package dev.brink.node;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import dev.brink.oip.http.OipHttpApi;
import dev.brink.oip.http.OipHttpServer;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A few requests over HTTP to a server of its own, which answers with what it was sent: what loads
 * classes and finds its way for the first time does so before there is a caller who waits for it.
 * The node's own server, models, metrics and logs see nothing of it. Runs beside the loading of
 * models.
 */
final class WarmUp {

  private static final String JSON =
      "{'inputs':[{'name':'x','datatype':'FP32','shape':[1,4],'data':[0.5,1,-2,3e-5]},"
          + "{'name':'t','datatype':'BYTES','shape':[1,1],'data':['w']}]}";

  private static final String BINARY =
      "{'inputs':[{'name':'x','datatype':'FP32','shape':[1,4],"
          + "'parameters':{'binary_data_size':16}}],'parameters':{'binary_data_output':true}}";

  private static final List<String> REQUESTS =
      List.of(
          "GET /v2/health/ready HTTP/1.1\r\nHost: warm-up\r\nConnection: close\r\n\r\n",
          infer("", JSON, ""),
          infer("Inference-Header-Content-Length: %d\r\n", BINARY, "abcdefghijklmnop"),
          infer("", JSON, ""),
          infer("Inference-Header-Content-Length: %d\r\n", BINARY, "abcdefghijklmnop"));

  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setPreferNativeTransport(true)
              .setEventLoopPoolSize(1)
              .setWorkerPoolSize(1)
              .setInternalBlockingPoolSize(1));

  private final int withinMillis;

  private WarmUp(int withinMillis) {
    this.withinMillis = withinMillis;
  }

  /**
   * How many of its requests were answered, 0 where it takes too long; never fails. Belongs to no
   * Vert.x, since the one that it used is gone by then.
   */
  static Future<Integer> run(int withinMillis) {
    WarmUp warmUp = new WarmUp(withinMillis);
    Promise<Integer> over = Promise.promise();
    warmUp
        .answered()
        .timeout(withinMillis, TimeUnit.MILLISECONDS)
        .otherwise(0)
        .onComplete(answered -> warmUp.vertx.close().onComplete(closed -> over.handle(answered)));
    return over.future();
  }

  static int requests() {
    return REQUESTS.size();
  }

  private static String infer(String header, String json, String raw) {
    String text = json.replace('\'', '"');
    return "POST /v2/models/warm-up/infer HTTP/1.1\r\nHost: warm-up\r\nConnection: close\r\n"
        + header.formatted(text.length())
        + "Content-Length: %d\r\n\r\n".formatted(text.length() + raw.length())
        + text
        + raw;
  }

  private Future<Integer> answered() {
    OipSettings settings = OipSettings.defaults(Version.current());
    InferenceService echo = request -> Future.succeededFuture(echo(request));
    Router router = Router.router(vertx);
    HttpServer server =
        OipHttpServer.create(
            vertx,
            router,
            OipHttpServer.options(settings).setHost("127.0.0.1").setPort(0),
            settings);
    new OipHttpApi(vertx, echo, Optional.empty(), new NoModels(), settings, () -> true)
        .mount(router);
    return server
        .listen()
        .compose(open -> vertx.executeBlocking(() -> answered(open.actualPort())));
  }

  private static InferenceResult echo(InferenceRequest request) {
    return new InferenceResponse(
        request.modelName(),
        "1",
        request.id(),
        Parameters.none(),
        request.inputs(),
        Provenance.local(Route.EDGE, "warm-up", Timings.NONE));
  }

  private int answered(int port) throws IOException {
    int answered = 0;
    for (String request : REQUESTS) {
      answered += ask(port, request).startsWith("HTTP/1.1 200") ? 1 : 0;
    }
    return answered;
  }

  private String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(withinMillis);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
