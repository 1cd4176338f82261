package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Which request gets which answer. */
final class HttpListenerTest extends ListenerForTest {
  @Test
  void givesRequestsToTheirMounts() {
    HttpListener listener = open(config(LIMITS));
    Answer answer = ask(listener.port(), "/hello/there");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello HTTP_1_1");
    assertThat(answer.response().getHeader("x-content-type-options")).isEqualTo("nosniff");
    assertThat(HttpDate.parse(answer.response().getHeader("date"))).isPresent();
    assertThat(listener.tlsPort()).isEmpty();
  }

  @Test
  void answersProblemDocumentsWhereNothingIsServed() {
    Answer answer = ask(open(config(LIMITS)).port(), "/nothing");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.type()).isEqualTo("application/problem+json");
    assertThat(new JsonObject(answer.body()).getString("type"))
        .isEqualTo("urn:millrace:problem:not-found");
  }

  @Test
  void answersABrowserWithAPageThatSaysTheSame() throws IOException {
    int port = open(config(LIMITS)).port();
    String head = "GET /no<b>thing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    assertThat(raw(port, head + "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n\r\n"))
        .contains(" 404 ")
        .containsIgnoringCase("content-type: text/html; charset=utf-8")
        .containsIgnoringCase("vary: accept")
        .contains("<h1>Not found</h1>", "There is nothing at this address", "Error 404")
        .doesNotContain("<b>", "urn:millrace");
    assertThat(raw(port, head + "Accept: */*\r\n\r\n"))
        .contains("urn:millrace:problem:not-found")
        .doesNotContain("<h1>");
  }

  @Test
  void whatAPageSaysIsText() {
    assertThat(ProblemPage.of(new Problem(400, "bad-name", "'<i>&\"' is no name")).toString())
        .contains("<p>'&lt;i&gt;&amp;&quot;' is no name.</p>", "<h1>Bad name</h1>");
  }

  @Test
  void keepsTheInsideOfAFailureInside() {
    Answer answer = ask(open(config(LIMITS)).port(), "/broken");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).contains("internal-error").doesNotContain("secret", "Exception");
  }

  @Test
  void refusesPathsThatClimb() throws IOException {
    int port = open(config(LIMITS)).port();
    assertThat(raw(port, "GET /play/%2e%2E/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .contains(" 400 ");
  }

  @Test
  void refusesGarbage() throws IOException {
    int port = open(config(LIMITS)).port();
    assertThat(raw(port, "\u0003\u0000\u0000garbage\u00ff\r\n\r\n")).contains(" 400 ");
    assertThat(counted("malformed")).isEqualTo(1);
    assertThat(ask(port, "/hello").status()).isEqualTo(200);
  }

  @Test
  void saysWhichKeyHasAPortThatIsInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HttpConfig config =
          new HttpConfig(
              "http",
              "127.0.0.1",
              taken.getLocalPort(),
              0,
              Optional.empty(),
              IMPATIENT,
              false,
              TrustedProxies.NONE);
      Throwable failure =
          org.assertj.core.api.Assertions.catchThrowable(
              () -> get(HttpListener.open(vertx, config, mounts, metrics, 2)));
      assertThat(failure).isInstanceOf(CompletionException.class);
      assertThat(failure.getCause())
          .isInstanceOf(ListenException.class)
          .hasMessageContaining(
              "http.port: port " + taken.getLocalPort() + " on 127.0.0.1 is in use");
    }
  }

  /** HLS H6. */
  @Test
  void doesNotTakeAForwardedRequestForOneOfThisMachine() throws IOException {
    int port = open(config(LIMITS)).port();
    String head = "GET /direct HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    assertThat(raw(port, head + "\r\n")).endsWith("true");
    assertThat(raw(port, head + "Via: 1.1 proxy\r\n\r\n")).endsWith("false");
    assertThat(raw(port, head + "X-Real-IP: 127.0.0.1\r\n\r\n")).endsWith("false");
  }

  @Test
  void doesNotTakeWhatAProxyHeaderSaysForThisMachine() throws IOException {
    HttpConfig config =
        new HttpConfig(
            "http", "127.0.0.1", 0, 0, Optional.empty(), LIMITS, true, TrustedProxies.NONE);
    assertThat(
            raw(
                open(config).port(),
                "PROXY TCP4 127.0.0.1 127.0.0.1 4711 80\r\nGET /direct HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .endsWith("false");
  }

  @Test
  void refusesWhatTwoReadersCouldFrameDifferently() throws IOException {
    int port = open(config(LIMITS)).port();
    String head = "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    String smuggled = "0\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    assertThat(raw(port, head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"))
        .contains(" 400 ");
    assertThat(raw(port, head + "Content-Length: +5\r\n\r\nhello")).contains(" 400 ");
    assertThat(raw(port, head + "Transfer-Encoding : chunked\r\n\r\n" + smuggled))
        .contains(" 400 ");
    assertThat(
            raw(port, head + "Content-Length: 43\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled))
        .doesNotContain("hello HTTP_1_1");
    for (String coding : List.of("gzip", "gzip, chunked", "identity")) {
      assertThat(raw(port, head + "Transfer-Encoding: " + coding + "\r\n\r\n" + smuggled))
          .contains(" 501 ", "coding-not-known")
          .doesNotContain("hello HTTP_1_1");
    }
  }

  @Test
  void finishesRequestsInHandWhenItCloses() {
    HttpListener listener = open(config(LIMITS));
    Future<Integer> answer =
        plainClient
            .request(HttpMethod.GET, listener.port(), "127.0.0.1", "/held")
            .compose(HttpClientRequest::send)
            .map(HttpClientResponse::statusCode);
    HttpServerRequest request = get(held.future());
    Future<Void> closed = listener.close(Duration.ofSeconds(5));
    request.response().setStatusCode(202).end();
    assertThat(get(answer)).isEqualTo(202);
    get(closed);
  }

  @Test
  void readsTheAddressBehindAProxyProtocolHeader() throws IOException {
    List<Mount> peer =
        List.of(
            new Mount(
                "/",
                request -> request.response().end(TrustedProxies.NONE.clientOf(request).host())));
    HttpConfig plain = config(LIMITS);
    HttpConfig config =
        new HttpConfig(
            "http", "127.0.0.1", 0, 0, Optional.empty(), LIMITS, true, plain.trustedProxies());
    HttpListener listener = get(HttpListener.open(vertx, config, peer, metrics, 1));
    assertThat(
            raw(
                listener.port(),
                "PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .endsWith("203.0.113.7");
  }
}
