package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.TcpProxy;
import io.millrace.testkit.program.Tools;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The JavaScript client, in Node, against the WebSocket door; and how it is served. */
class JavaScriptClientTest {
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private final DoorsFixture fixture = new DoorsFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  /** The tests are in {@code src/test/js}; Node 20 has a WebSocket only when it is told to. */
  @Test
  void itsOwnTestsPassInNode() {
    String node = Tools.require("node");
    try (TcpProxy cable = new TcpProxy(fixture.listener.port())) {
      HttpServer cutter =
          DoorsFixture.join(
              fixture
                  .vertx
                  .createHttpServer()
                  .requestHandler(
                      request -> {
                        cable.cut();
                        request.response().end();
                      })
                  .listen(0, "127.0.0.1"));
      try (Program program =
          Program.start(
              List.of(
                  node,
                  "--experimental-websocket",
                  "--no-warnings",
                  "--test",
                  "--test-reporter=tap",
                  directory().resolve("src/test/js/millrace.test.mjs").toString()),
              Map.of(
                  "MILLRACE_WS", webSocket(fixture.listener.port()),
                  "MILLRACE_PROXY", webSocket(cable.port()),
                  "MILLRACE_CUT", "http://127.0.0.1:" + cutter.actualPort() + "/"),
              directory())) {
        String told = program.await(DEADLINE).text();
        assertThat(told).contains("# fail 0").contains("# tests 14");
      }
    }
  }

  private static String webSocket(int port) {
    return "ws://127.0.0.1:" + port + "/ws";
  }

  /** The module's directory. */
  static Path directory() {
    return Stream.of(Path.of(""), Path.of("broker"))
        .map(Path::toAbsolutePath)
        .filter(path -> Files.exists(path.resolve("src/test/js")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void itIsServedToPagesOfAnySiteAndKeptForAWhile() throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    HttpResponse<String> module = get(http, "/client/millrace.js", "");
    assertThat(module.statusCode()).isEqualTo(200);
    assertThat(module.headers().firstValue("content-type"))
        .contains("text/javascript; charset=utf-8");
    assertThat(module.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(module.headers().firstValue("cache-control")).contains("public, max-age=3600");
    assertThat(module.body()).contains("export class MillraceClient");
    String tag = module.headers().firstValue("etag").orElseThrow();
    assertThat(get(http, "/client/millrace.js", tag).statusCode()).isEqualTo(304);
    assertThat(get(http, "/client/other.js", "").statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> get(HttpClient http, String path, String tag)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + fixture.listener.port() + path))
            .header("If-None-Match", tag.isEmpty() ? "\"none\"" : tag)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
