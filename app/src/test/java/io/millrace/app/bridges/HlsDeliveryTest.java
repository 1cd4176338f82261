package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HttpDate;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a player gets over HTTP: the packager behind the edge behind the public listener. */
class HlsDeliveryTest {
  private static final String MULTIVARIANT = Delivery.MULTIVARIANT;

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private Delivery delivery;

  @BeforeEach
  void start() throws Exception {
    delivery = new Delivery(directory, Clock.systemUTC());
  }

  @AfterEach
  void stop() throws Exception {
    client.shutdownNow();
    delivery.close();
  }

  /** HLS H9, H4: errors are kept for a second at most. */
  @Test
  void tellsUnknownFromStarting() throws Exception {
    HttpResponse<byte[]> unknown = get("/play/live/nobody/index.m3u8");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(field(unknown, "cache-control")).isEqualTo("public, max-age=1");
    delivery.send(0);

    HttpResponse<byte[]> starting = get(MULTIVARIANT);
    assertThat(starting.statusCode()).isEqualTo(503);
    assertThat(field(starting, "retry-after")).isEqualTo("1");
    assertThat(field(starting, "cache-control")).isEqualTo("no-store");
    assertThat(field(starting, "access-control-allow-origin")).isEqualTo("*");
  }

  /** HLS H1, H2, H4, H7, H8, B1. */
  @Test
  void playlistsAreFreshCompressedAndConditional() throws Exception {
    delivery.send(1400);
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> get(MULTIVARIANT).statusCode() == 200);
    for (String path : List.of(MULTIVARIANT, "/play/live/bunny/" + media("video"))) {
      HttpResponse<byte[]> plain = get(path);
      assertThat(plain.statusCode()).isEqualTo(200);
      assertThat(field(plain, "content-type")).isEqualTo("application/vnd.apple.mpegurl");
      assertThat(field(plain, "cache-control")).isEqualTo("public, max-age=1");
      assertThat(field(plain, "vary")).isEqualToIgnoringCase("Accept-Encoding");
      assertThat(field(plain, "access-control-allow-origin")).isEqualTo("*");
      assertThat(field(plain, "access-control-expose-headers")).contains("Date");
      Instant date = HttpDate.parse(field(plain, "date")).orElseThrow();
      assertThat(Duration.between(date, Instant.now())).isLessThan(Duration.ofSeconds(5));
      assertThat(Integer.parseInt(field(plain, "age"))).isLessThan(5);

      HttpResponse<byte[]> packed = get(path, "accept-encoding", "gzip");
      if (plain.body().length >= 256) {
        assertThat(field(packed, "content-encoding")).isEqualTo("gzip");
        assertThat(field(packed, "etag")).isNotEqualTo(field(plain, "etag"));
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
            .isEqualTo(plain.body());
      }
      assertThat(get(path, "if-none-match", field(plain, "etag")).statusCode()).isEqualTo(304);
      assertThat(get(path, "if-none-match", field(packed, "etag")).statusCode()).isEqualTo(304);
      HttpResponse<byte[]> head = ask("HEAD", path);
      assertThat(head.body()).isEmpty();
      for (String name : List.of("content-length", "content-type", "etag", "cache-control")) {
        assertThat(field(head, name)).as(name).isEqualTo(field(plain, name));
      }
    }
  }

  /** HLS H2, H3, H8, B13. */
  @Test
  void segmentsNeverChangeAndComeInRanges() throws Exception {
    delivery.send(1400);
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> get(MULTIVARIANT).statusCode() == 200);
    String folder = "/play/live/bunny/" + media("video").replace("index.m3u8", "");
    String list = new String(get(folder + "index.m3u8").body(), StandardCharsets.UTF_8);
    String segment =
        folder + list.lines().filter(line -> line.endsWith(".m4s")).findFirst().orElseThrow();
    String init = folder + list.split("MAP:URI=\"", 2)[1].split("\"", 2)[0];

    for (String path : List.of(segment, init)) {
      HttpResponse<byte[]> whole = get(path);
      assertThat(whole.statusCode()).isEqualTo(200);
      assertThat(field(whole, "cache-control")).matches("public, max-age=[6-9][0-9], immutable");
      assertThat(field(whole, "etag")).startsWith("\"");
      HttpResponse<byte[]> part = get(path, "range", "bytes=4-7");
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(field(part, "content-range")).isEqualTo("bytes 4-7/" + whole.body().length);
      assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(whole.body(), 4, 8));
      assertThat(field(part, "access-control-allow-origin")).isEqualTo("*");
      HttpResponse<byte[]> behind = get(path, "range", "bytes=" + whole.body().length + "-");
      assertThat(behind.statusCode()).isEqualTo(416);
      assertThat(field(ask("HEAD", path), "content-length"))
          .isEqualTo(Integer.toString(whole.body().length));
      assertThat(get(path, "if-none-match", field(whole, "etag")).statusCode()).isEqualTo(304);
    }
    HttpResponse<byte[]> preflight = ask("OPTIONS", segment);
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(field(preflight, "access-control-allow-headers")).contains("Range");
    assertThat(get(folder + "9999-1.m4s").statusCode()).isEqualTo(404);
    assertThat(field(get(folder + "9999-1.m4s"), "access-control-allow-origin")).isEqualTo("*");
  }

  private String media(String rendition) throws Exception {
    return new String(get(MULTIVARIANT).body(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("/" + rendition + "/") && line.startsWith("b/"))
        .findFirst()
        .orElseThrow();
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    return ask("GET", path, headers);
  }

  private HttpResponse<byte[]> ask(String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + delivery.port() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String field(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
