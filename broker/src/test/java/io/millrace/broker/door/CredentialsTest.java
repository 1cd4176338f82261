package io.millrace.broker.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.TrustedProxies;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CredentialsTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private HttpServer server;

  @BeforeAll
  void open() {
    server =
        DoorsFixture.join(
            vertx
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .response()
                            .setStatusCode(
                                Credentials.of(request, TrustedProxies.NONE, "http").isLocal()
                                    ? 200
                                    : 403)
                            .end())
                .listen(0, "127.0.0.1"));
  }

  @AfterAll
  void close() {
    DoorsFixture.join(vertx.close());
  }

  private boolean isLocal(String host, Map<String, String> headers) {
    RequestOptions options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(server.actualPort())
            .setMethod(HttpMethod.GET)
            .putHeader("host", host);
    headers.forEach(options::putHeader);
    return DoorsFixture.join(
            client
                .request(options)
                .compose(request -> request.send())
                .map(HttpClientResponse::statusCode))
        == 200;
  }

  @Test
  void whoAsksThisMachineByItsOwnNameIsLocal() {
    assertThat(isLocal("localhost:8080", Map.of())).isTrue();
    assertThat(isLocal("127.0.0.1", Map.of())).isTrue();
    assertThat(isLocal("127.1.2.3:80", Map.of())).isTrue();
    assertThat(isLocal("[::1]:8080", Map.of())).isTrue();
    assertThat(isLocal("localhost:8080", Map.of("origin", "http://localhost:8080"))).isTrue();
  }

  @Test
  void aNameThatWasMadeToLeadHereIsNot() {
    assertThat(isLocal("evil.example:8080", Map.of())).isFalse();
    assertThat(isLocal("evil.example:8080", Map.of("origin", "http://evil.example:8080")))
        .isFalse();
    assertThat(isLocal("127.0.0.1.evil.example", Map.of())).isFalse();
  }

  @Test
  void aPageOfAnotherSiteIsNot() {
    assertThat(isLocal("localhost:8080", Map.of("origin", "http://evil.example"))).isFalse();
    assertThat(isLocal("localhost:8080", Map.of("origin", "null"))).isFalse();
    assertThat(isLocal("localhost:8080", Map.of("origin", "http://localhost:9090"))).isFalse();
  }
}
