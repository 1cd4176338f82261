package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FakeClock;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a low-latency player gets on one HTTP/2 connection with TLS (HLS H6). */
class LowLatencyDeliveryTest {
  private static final int MANY = 60;
  private static final Pattern HINT =
      Pattern.compile("TYPE=PART,URI=\"((\\d+)-1\\.(\\d+)\\.m4s)\"");

  private record Answer(int status, io.vertx.core.MultiMap headers, Buffer body) {
    String text() {
      return body.toString();
    }
  }

  @TempDir Path directory;
  private final FakeClock clock = new FakeClock(Instant.now());
  private Delivery delivery;
  private HttpClient client;
  private String folder = "";

  @BeforeEach
  void start() throws Exception {
    delivery = new Delivery(directory, clock);
    client =
        delivery.vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2),
            new PoolOptions().setHttp2MaxSize(1));
    delivery.send(1400);
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> now(Delivery.MULTIVARIANT).status() == 200);
    folder =
        now(Delivery.MULTIVARIANT)
            .text()
            .lines()
            .filter(line -> line.startsWith("b/"))
            .map(line -> "/play/live/bunny/" + line.replace("index.m3u8", ""))
            .findFirst()
            .orElseThrow();
  }

  @AfterEach
  void stop() throws Exception {
    delivery.close();
  }

  /** HLS H5, L10, L14: who waits for the same waits once. */
  @Test
  void everybodyWhoWaitsGetsThePartAndThePlaylistByOneUpstreamRequest() throws Exception {
    Matcher hint = hint();
    String query = "?_HLS_msn=" + hint.group(2) + "&_HLS_part=" + hint.group(3);
    double before = asked();
    List<Future<Answer>> playlists = new ArrayList<>();
    List<Future<Answer>> parts = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      playlists.add(get(folder + "index.m3u8" + query + "&_HLS_foo=" + i));
      parts.add(get(folder + hint.group(1)));
    }
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> held() == 2);
    assertThat(playlists).noneMatch(Future::isComplete);
    assertThat(parts).noneMatch(Future::isComplete);

    // No further than one part.
    for (int i = 0; i < 60 && held() == 2; i++) {
      delivery.send(1);
    }
    String first = Delivery.await(playlists.getFirst()).text();
    assertThat(first).contains("#EXT-X-PART:").contains("URI=\"" + hint.group(1) + "\"");
    for (Future<Answer> each : playlists) {
      assertThat(Delivery.await(each).text()).isEqualTo(first);
      assertThat(each.result().headers().get("cache-control"))
          .isEqualTo("public, max-age=1, s-maxage=72");
    }
    Buffer part = Delivery.await(parts.getFirst()).body();
    for (Future<Answer> each : parts) {
      assertThat(Delivery.await(each).status()).isEqualTo(200);
      assertThat(each.result().body()).isEqualTo(part);
    }
    assertThat(asked() - before).isEqualTo(2);
    // HLS L25, H4: nobody asks the origin for it again.
    Answer later = now(folder + "index.m3u8" + query + "&_HLS_foo=x&token=y");
    assertThat(later.headers().get("cache-status")).startsWith("millrace; hit");
    assertThat(now(folder + "index.m3u8" + "?_HLS_skip=YES").text()).contains("#EXTM3U");
  }

  /** HLS L18, H5 */
  @Test
  void whatDoesNotComeIs503AtTheEdgeToo() throws Exception {
    Matcher hint = hint();
    String path = folder + "index.m3u8?_HLS_msn=" + hint.group(2) + "&_HLS_part=" + hint.group(3);
    Future<Answer> held = get(path);
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> held() == 1);

    clock.advance(Duration.ofSeconds(3 * 12));
    Answer late = Delivery.await(held);
    assertThat(late.status()).isEqualTo(503);
    assertThat(late.headers().get("cache-control")).isEqualTo("no-store");
    assertThat(late.headers().get("retry-after")).isEqualTo("1");
    assertThat(late.text()).contains("playlist-late");
  }

  /** HLS L19, B14 */
  @Test
  void theEndReachesWhoeverWaits() throws Exception {
    Matcher hint = hint();
    Future<Answer> held = get(folder + "index.m3u8?_HLS_msn=" + hint.group(2));
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> held() == 1);
    delivery.end();
    assertThat(Delivery.await(held).text())
        .endsWith("#EXT-X-ENDLIST\n")
        .doesNotContain("PRELOAD-HINT");
  }

  private Matcher hint() throws Exception {
    Matcher hint = HINT.matcher(now(folder + "index.m3u8").text());
    assertThat(hint.find()).isTrue();
    return hint;
  }

  private Answer now(String path) throws Exception {
    return Delivery.await(get(path));
  }

  private Future<Answer> get(String path) {
    return client
        .request(HttpMethod.GET, delivery.tlsPort(), "127.0.0.1", path)
        .compose(request -> request.send())
        .compose(
            response -> {
              assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
              return response
                  .body()
                  .map(body -> new Answer(response.statusCode(), response.headers(), body));
            });
  }

  private double held() {
    return value("millrace_packager_held_requests");
  }

  private double asked() {
    return value("millrace_edge_upstream_requests");
  }

  private double value(String name) {
    return delivery.registry.scrape(name::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(
            point ->
                switch (point) {
                  case io.prometheus.metrics.model.snapshots.CounterSnapshot
                              .CounterDataPointSnapshot
                          counter ->
                      counter.getValue();
                  case io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot
                          gauge ->
                      gauge.getValue();
                  default -> throw new IllegalStateException(name);
                })
        .sum();
  }
}
