package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApiClientTest {
  private static ApiClient asking(ServerSocket server) {
    return new ApiClient(
        URI.create("http://127.0.0.1:" + server.getLocalPort()),
        "ml_test",
        Path.of("data"),
        Duration.ofMillis(300));
  }

  @Test
  void aServerThatDoesNotAnswerIsToldFromOneThatIsNotThere() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> asking(silent).delete("/namespaces/orders"))
          .isInstanceOf(UnavailableException.class)
          .hasMessage(
              "the server at http://127.0.0.1:"
                  + silent.getLocalPort()
                  + " did not answer in 0.3 s; whether it still does what was asked is not known");
    }
  }

  @Test
  void aServerThatEndsTheConnectionIsToldFromOneThatIsNotThere() throws Exception {
    try (ServerSocket rude = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(
          () -> {
            while (true) {
              try (Socket taken = rude.accept()) {
                taken.getInputStream().read();
              } catch (IOException e) {
                return;
              }
            }
          });
      assertThatThrownBy(() -> asking(rude).get("/namespaces/orders"))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("ended the connection without an answer");
    }
  }
}
