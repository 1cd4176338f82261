package io.millrace.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How much and how slowly a client may send and take. */
final class HttpListenerLimitsTest extends ListenerForTest {
  @Test
  void closesConnectionsThatSendTheirHeadTooSlowly() {
    int port = open(config(IMPATIENT)).port();
    NetSocket socket = get(drips.connect(port, "127.0.0.1"));
    Promise<Void> closed = Promise.promise();
    socket.closeHandler(v -> closed.tryComplete());
    socket.write("GET /hello HTTP/1.1\r\nX: ");
    vertx.setPeriodic(20, timer -> socket.write("a"));
    get(closed.future());
    assertThat(counted("header-timeout")).isEqualTo(1);
  }

  @Test
  void closesConnectionsThatSendNothing() throws IOException {
    HttpListener listener = open(config(IMPATIENT));
    assertThat(raw(listener.port(), "")).isEmpty();
    await().until(() -> listener.connections() == 0);
    assertThat(counted("header-timeout")).isEqualTo(1);
  }

  @Test
  void cutsBodiesThatTrickle() throws IOException {
    int port = open(config(IMPATIENT_WITH_BODIES)).port();
    assertThat(raw(port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"))
        .contains(" 408 ");
    assertThat(counted("body-timeout")).isEqualTo(1);
  }

  @Test
  void uploadsAreBoundedByTheirMountAlone() throws IOException {
    int port = open(config(IMPATIENT_WITH_BODIES)).port();
    assertThat(ask(plainClient, port, HttpMethod.PUT, "/upload", LARGE).body())
        .isEqualTo("got " + LARGE.length());
    assertThat(ask(plainClient, port, HttpMethod.PUT, "/echo", LARGE).status()).isEqualTo(413);
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port)) {
      slow.getOutputStream()
          .write(
              "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
                  .getBytes(US_ASCII));
      // A body of another mount that began later is given up meanwhile.
      assertThat(raw(port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"))
          .contains(" 408 ");
      slow.getOutputStream().write("defghij".getBytes(US_ASCII));
      slow.shutdownOutput();
      assertThat(new String(slow.getInputStream().readAllBytes(), US_ASCII)).contains("got 10");
    }
  }

  // RFC 9110 section 10.1.1
  @Test
  void aBodyThatWaitsIsAskedForByTheListenerAndOfUploadsByTheirMount() throws IOException {
    int port = open(config(LIMITS)).port();
    String head = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n";
    assertThat(raw(port, "POST /echo" + head + "Content-Length: 3\r\n\r\nabc"))
        .startsWith("HTTP/1.1 100 ")
        .contains(" 200 ")
        .endsWith("abc");
    assertThat(raw(port, "PUT /upload" + head + "Content-Length: 3\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("no");
  }

  @Test
  void closesConnectionsOverTheLimit() throws IOException {
    HttpListener listener = open(config(ONE_CONNECTION));
    try (Socket first = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      assertThat(first.isConnected()).isTrue();
      await().until(() -> listener.connections() == 1);
      assertThat(raw(listener.port(), "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")).isEmpty();
    }
    await().until(() -> listener.connections() == 0);
    assertThat(counted("too-many-connections")).isEqualTo(1);
    assertThat(ask(listener.port(), "/hello").status()).isEqualTo(200);
  }

  @Test
  void countsAWebSocketAsAConnectionUntilItCloses() {
    HttpListener listener = open(config(LIMITS));
    var socket = get(webSockets.connect(listener.port(), "127.0.0.1", "/socket"));
    assertThat(listener.connections()).isEqualTo(1);
    get(socket.close());
    await().until(() -> listener.connections() == 0);
  }

  @Test
  void leavesAWebSocketOpenThatIsInUse() {
    HttpListener listener =
        open(
            config(
                new HttpConfig.Limits(
                    1024,
                    2048,
                    1000,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(1500),
                    50)));
    var socket = get(webSockets.connect(listener.port(), "127.0.0.1", "/socket"));
    AtomicInteger pongs = new AtomicInteger();
    socket.pongHandler(pong -> pongs.incrementAndGet());
    vertx.setPeriodic(50, timer -> socket.writePing(Buffer.buffer("x")));
    // For twice as long as it might do nothing.
    await().until(() -> pongs.get() >= 60);
    assertThat(listener.connections()).isEqualTo(1);
    // Its HTTP part has been let go of by now; it counts all the same, once.
    get(socket.close());
    await().until(() -> listener.connections() == 0);
  }

  @Test
  void closesAConnectionThatTakesNothingOfItsAnswer() throws IOException {
    HttpListener listener = open(config(quick()));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
      socket
          .getOutputStream()
          .write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      get(asked.future());
      await().until(() -> listener.connections() == 0);
    }
  }

  @Test
  void refusesLongAddressesAndHeaders() throws IOException {
    int port = open(config(LIMITS)).port();
    assertThat(raw(port, "GET /" + "a".repeat(2000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .contains(" 414 ");
    assertThat(raw(port, "GET / HTTP/1.1\r\nHost: " + "a".repeat(4000) + "\r\n\r\n"))
        .contains(" 431 ");
    assertThat(counted("uri-too-long")).isEqualTo(1);
    assertThat(counted("headers-too-large")).isEqualTo(1);
  }

  @Test
  void refusesLongBodiesAnnouncedOrNot() throws IOException {
    int port = open(config(LIMITS)).port();
    Buffer body = Buffer.buffer("x".repeat(1001));
    assertThat(ask(plainClient, port, HttpMethod.POST, "/echo", body).status()).isEqualTo(413);
    assertThat(
            raw(
                port,
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3e9\r\n"
                    + "x".repeat(1001)
                    + "\r\n0\r\n\r\n"))
        .contains(" 413 ");
    assertThat(ask(plainClient, port, HttpMethod.POST, "/echo", body.slice(0, 1000)).body())
        .hasSize(1000);
  }
}
