package io.millrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.catalog.pages.Pages;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PortalMountTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void servesThePageAtTheRootAndForEveryStreamAndAsksBrowsersToAskAgain() throws Exception {
    String address = serve("pages-for-test");
    HttpResponse<byte[]> root = get(address + "/");

    assertThat(new String(root.body(), StandardCharsets.UTF_8)).contains("<title>Portal</title>");
    assertThat(root.headers().firstValue("Cache-Control")).contains("no-cache");
    assertThat(root.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(it -> assertThat(it).contains("default-src 'self'"));
    assertThat(get(address + "/watch/live/demo").body()).isEqualTo(root.body());
    assertThat(get(address + "/recordings/01M7YZMHG0B2Y153S441CND7V7").body())
        .isEqualTo(root.body());

    String tag = root.headers().firstValue("ETag").orElseThrow();
    assertThat(get(address + "/", "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  @Test
  void letsBrowsersKeepHashedFilesAndCompressesThem() throws Exception {
    String address = serve("pages-for-test") + "/assets/main-1a2b3c.js";
    HttpResponse<byte[]> plain = get(address);
    HttpResponse<byte[]> gzip = get(address, "Accept-Encoding", "br, gzip;q=0.8");

    assertThat(plain.headers().firstValue("Cache-Control"))
        .contains("public, max-age=31536000, immutable");
    assertThat(plain.headers().firstValue("Content-Type"))
        .contains("text/javascript; charset=utf-8");
    assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(gzip.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(gzip.body().length).isLessThan(plain.body().length);
    assertThat(get(address, "Accept-Encoding", "gzip;q=0").headers().firstValue("Content-Encoding"))
        .isEmpty();
  }

  @Test
  void servesNothingElse() throws Exception {
    String address = serve("pages-for-test");

    assertThat(get(address + "/logback-test.xml").statusCode()).isEqualTo(404);
    assertThat(get(address + "/assets/..%2f..%2flogback-test.xml").statusCode()).isEqualTo(404);
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(address + "/")).POST(BodyPublishers.noBody()).build();
    assertThat(client.send(post, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(405);
  }

  @Test
  void aBrowserThatAsksInVainGetsThePageWhichSaysSo() throws Exception {
    String address = serve("pages-for-test");
    HttpResponse<byte[]> page = get(address + "/nonsense", "Accept", "text/html,*/*;q=0.8");
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.body()).isEqualTo(get(address + "/").body());

    String tag = page.headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> again =
        get(address + "/nonsense", "Accept", "text/html", "If-None-Match", tag);
    assertThat(again.statusCode()).isEqualTo(404);
    HttpResponse<byte[]> script = get(address + "/nonsense", "Accept", "*/*");
    assertThat(script.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void saysWhenThePortalWasNotBuilt() throws Exception {
    HttpResponse<byte[]> answer = get(serve("no-such-folder") + "/watch/live/demo");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("The portal was not built");
  }

  private String serve(String folder) throws Exception {
    Pages pages = Pages.read(getClass().getClassLoader(), folder);
    return "http://127.0.0.1:"
        + vertx
            .createHttpServer()
            .requestHandler(new PortalMount(pages).mount().handler())
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS)
            .actualPort();
  }

  private HttpResponse<byte[]> get(String address, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }
}
