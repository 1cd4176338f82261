package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OriginProbeTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  @Test
  void anOriginThatIsNoHttpServerIsSaidInPlainWords() throws Exception {
    NetServer rtmp =
        get(
            vertx
                .createNetServer()
                .connectHandler(socket -> socket.write("\u0003no HTTP\r\n\r\n"))
                .listen(0, "127.0.0.1"));
    says(rtmp.actualPort(), "gives no HTTP answer");
  }

  @Test
  void aPortThatNobodyHasIsSaidInPlainWords() throws Exception {
    says(freePort(), "nothing listens at http://127.0.0.1:");
  }

  private void says(int port, String words) {
    EdgeConfig config =
        new EdgeConfig(
            1 << 20,
            Optional.of(URI.create("http://127.0.0.1:" + port)),
            Optional.empty(),
            Duration.ofSeconds(15),
            Duration.ofSeconds(3));
    try (OriginProbe probe = new OriginProbe(vertx, config)) {
      await()
          .untilAsserted(
              () ->
                  assertThat(probe.words())
                      .startsWith("the origin has not answered yet: ")
                      .contains(words)
                      .doesNotContain("Exception"));
      assertThat(probe.reach().isReady()).isFalse();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
