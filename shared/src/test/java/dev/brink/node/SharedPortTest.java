package dev.brink.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.oip.http.OipServerUnderTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedPortTest {

  private static final int LOOPS = 3;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
  private final Set<Thread> seen = ConcurrentHashMap.newKeySet();
  private final SharedPort port =
      new SharedPort(
          vertx,
          "127.0.0.1",
          0,
          LOOPS,
          () ->
              vertx
                  .createHttpServer()
                  .requestHandler(
                      request -> {
                        seen.add(Thread.currentThread());
                        request.response().end();
                      }));

  @AfterEach
  void stop() {
    OipServerUnderTest.await(vertx.close());
  }

  @Test
  void connectionsGoRoundTheLoops() throws IOException {
    OipServerUnderTest.await(port.listen());

    HttpClient client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false));
    for (int i = 0; i < LOOPS; i++) {
      Future<Integer> status =
          client
              .request(HttpMethod.GET, port.port(), "127.0.0.1", "/")
              .compose(request -> request.send())
              .map(response -> response.statusCode());
      assertThat(OipServerUnderTest.await(status)).isEqualTo(200);
    }

    assertThat(seen).hasSize(LOOPS);
  }

  @Test
  void whatIsClosedIsClosedOnAllLoops() {
    OipServerUnderTest.await(port.listen());
    int number = port.port();

    OipServerUnderTest.await(port.close());

    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), number).close())
        .isInstanceOf(IOException.class);
  }
}
