package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Secret;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is made of answers that no S3 server gives when it is asked to. */
@Timeout(60)
class S3AnswersTest {
  private static final String PUT_ID = "x-amz-meta-millrace-put";

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final List<HttpServerRequest> requests = new CopyOnWriteArrayList<>();
  private volatile Consumer<HttpServerRequest> answer = S3AnswersTest::stored;
  private HttpServer server;
  private S3ObjectStore store;

  @BeforeEach
  void listen() {
    server =
        done(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      requests.add(request);
                      request.bodyHandler(body -> answer.accept(request));
                    })
                .listen(0, "127.0.0.1"));
    store = store(new S3Config.Encryption.ByBucket());
  }

  @AfterEach
  void close() {
    done(store.close());
    done(vertx.close());
  }

  @Test
  void aConditionalPutWhoseAnswerWasLostIsFoundToBeOurs() {
    AtomicReference<String> id = new AtomicReference<>();
    answer =
        request -> {
          if (request.method().equals(HttpMethod.HEAD)) {
            request
                .response()
                .putHeader("ETag", "\"ours\"")
                .putHeader("Content-Length", "1")
                .putHeader("Last-Modified", "Mon, 23 Nov 2026 09:00:00 GMT")
                .putHeader(PUT_ID, id.get())
                .end();
          } else if (id.compareAndSet(null, request.getHeader(PUT_ID))) {
            request.connection().close();
          } else {
            failed(request, 412, "PreconditionFailed");
          }
        };

    Optional<ObjectInfo> put = done(store.putIf("k", Optional.empty(), Buffer.buffer("x")));

    assertThat(put.orElseThrow().tag()).isEqualTo("ours");
    assertThat(requests.getFirst().getHeader("If-None-Match")).isEqualTo("*");
  }

  @Test
  void whatTheStoreDoesNotCopyIsReadAndWritten() {
    answer =
        request -> {
          if (request.getHeader("x-amz-copy-source") != null) {
            failed(request, 501, "NotImplemented");
          } else if (request.method().equals(HttpMethod.PUT)) {
            stored(request);
          } else {
            request
                .response()
                .putHeader("ETag", "\"its\"")
                .putHeader("Content-Length", "5")
                .putHeader("Last-Modified", "Mon, 23 Nov 2026 09:00:00 GMT");
            if (request.method().equals(HttpMethod.HEAD)) {
              request.response().end();
            } else {
              request.response().end("media");
            }
          }
        };

    S3ObjectStore encrypting = store(new S3Config.Encryption.ByStore());

    assertThat(done(encrypting.copy("a/1", "b/1"))).isTrue();

    assertThat(requests)
        .filteredOn(request -> request.getHeader("x-amz-copy-source") != null)
        .hasSize(1)
        .allMatch(request -> "AES256".equals(request.getHeader("x-amz-server-side-encryption")));
    done(encrypting.close());
    HttpServerRequest last = requests.getLast();
    assertThat(last.method()).isEqualTo(HttpMethod.PUT);
    assertThat(last.path()).endsWith("/b/1");
    assertThat(last.getHeader("x-amz-copy-source")).isNull();
  }

  @Test
  void aConditionalPutThatAnotherWonIsRefused() {
    answer =
        request -> {
          if (request.method().equals(HttpMethod.HEAD)) {
            request
                .response()
                .putHeader("ETag", "\"theirs\"")
                .putHeader("Content-Length", "1")
                .putHeader("Last-Modified", "Mon, 23 Nov 2026 09:00:00 GMT")
                .putHeader(PUT_ID, "another's")
                .end();
          } else {
            failed(request, 412, "PreconditionFailed");
          }
        };

    assertThat(done(store.putIf("k", Optional.of("seen"), Buffer.buffer("x")))).isEmpty();
    assertThat(requests.getFirst().getHeader("If-Match")).isEqualTo("\"seen\"");
  }

  @Test
  void triesAgainWhatTheStoreIsTooBusyFor() {
    answer =
        request -> {
          if (requests.size() < 3) {
            failed(request, 503, "SlowDown");
          } else {
            stored(request);
          }
        };

    assertThat(done(store.put("k", Buffer.buffer("x"))).tag()).isEqualTo("tag");
    assertThat(requests).hasSize(3);
  }

  @Test
  void doesNotTryAgainWhatStaysWrongAndSaysWhatToAllow() {
    answer = request -> failed(request, 403, "AccessDenied");

    assertThatThrownBy(() -> done(store.put("k", Buffer.buffer("x"))))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            "put k: the access key may not do this in the bucket 'media'; allow it s3:ListBucket,"
                + " s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload"
                + " there");
    assertThat(requests).hasSize(1);
  }

  @Test
  void aBucketThatGivesNoPermissionIsToldAtTheStart() {
    answer =
        request -> {
          if (String.valueOf(request.query()).contains("list-type")) {
            request.response().putHeader("Content-Type", "application/xml").end(emptyList());
          } else {
            failed(request, 403, "AccessDenied");
          }
        };

    assertThatThrownBy(
            () ->
                S3ObjectStore.open(
                    config(new S3Config.Encryption.ByBucket()), new PrometheusRegistry()))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(
            "bucket media: the access key may not do this in the bucket 'media'")
        .hasMessageContaining("s3:PutObject");
  }

  /** As of a store's console, or of a web server. */
  @Test
  void whatAnswersWithAPageIsNoStore() {
    answer =
        request ->
            request
                .response()
                .putHeader("Content-Type", "text/html")
                .end("<!doctype html><html><body><p>Sign in</body></html>");

    assertThatThrownBy(
            () ->
                S3ObjectStore.open(
                    config(new S3Config.Encryption.ByBucket()), new PrometheusRegistry()))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            "bucket media: what answers at http://127.0.0.1:%d is no S3 store;"
                + " check storage.s3.endpoint",
            server.actualPort());
  }

  /** As with a key that is taken away while the node runs. */
  @Test
  void aPermissionThatIsTakenAwayIsToldByHealth() {
    answer = request -> failed(request, 403, "AccessDenied");
    AtomicLong nanos = new AtomicLong();
    ObjectStore spooled =
        done(
            SpooledObjectStore.open(
                vertx,
                store,
                new S3Config.Spool(folder.resolve("spool"), 1 << 20, 4),
                new PrometheusRegistry(),
                nanos::get));
    done(spooled.put("k", Buffer.buffer("x")));
    Awaitility.await().until(() -> !requests.isEmpty());

    nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(spooled.trouble())
                    .get()
                    .asString()
                    .startsWith("the bucket has taken nothing for 5 s (put k: the access key may"));
    done(spooled.close());
  }

  @Test
  void aQuotaThatIsUsedUpIsAFullStore() {
    answer = request -> failed(request, 403, "QuotaExceeded");

    assertThatThrownBy(() -> done(store.put("k", Buffer.buffer("x"))))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.FULL));
  }

  @Test
  void refusesAStoreThatIgnoresConditions() {
    answer =
        request -> {
          if (request.method().equals(HttpMethod.PUT)) {
            stored(request);
          } else if (request.method().equals(HttpMethod.DELETE)) {
            request.response().setStatusCode(204).end();
          } else if (String.valueOf(request.query()).contains("list-type")) {
            request.response().putHeader("Content-Type", "application/xml").end(emptyList());
          } else {
            String key = request.path().substring("/media/".length());
            request
                .response()
                .putHeader("ETag", "\"tag\"")
                .putHeader("Last-Modified", "Mon, 23 Nov 2026 09:00:00 GMT")
                .end(key.replace("%7E", "~"));
          }
        };

    assertThatThrownBy(
            () ->
                S3ObjectStore.open(
                    config(new S3Config.Encryption.ByBucket()), new PrometheusRegistry()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("ignores the conditions of a put (If-None-Match)");
    assertThat(requests.getLast().method()).isEqualTo(HttpMethod.DELETE);
  }

  @Test
  void asksForEncryption() {
    S3ObjectStore byStore = store(new S3Config.Encryption.ByStore());
    S3ObjectStore byKms = store(new S3Config.Encryption.ByKms("a-key"));

    done(store.put("k", Buffer.buffer("x")));
    done(byStore.put("k", Buffer.buffer("x")));
    done(byKms.put("k", Buffer.buffer("x")));

    String header = "x-amz-server-side-encryption";
    assertThat(requests.get(0).getHeader(header)).isNull();
    assertThat(requests.get(1).getHeader(header)).isEqualTo("AES256");
    assertThat(requests.get(2).getHeader(header)).isEqualTo("aws:kms");
    assertThat(requests.get(2).getHeader(header + "-aws-kms-key-id")).isEqualTo("a-key");
    done(byStore.close());
    done(byKms.close());
  }

  private S3ObjectStore store(S3Config.Encryption encryption) {
    return new S3ObjectStore(config(encryption), new StorageMetrics(new PrometheusRegistry()));
  }

  private S3Config config(S3Config.Encryption encryption) {
    return new S3Config(
        URI.create("http://127.0.0.1:" + server.actualPort()),
        "media",
        "us-east-1",
        true,
        new S3Config.Credentials.Keys("us", new Secret("only-we-know"), Optional.empty()),
        encryption,
        4,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        5 << 20,
        new S3Config.Spool(folder, 1 << 20, 4));
  }

  private static void stored(HttpServerRequest request) {
    request.response().putHeader("ETag", "\"tag\"").end();
  }

  private static void failed(HttpServerRequest request, int status, String code) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/xml")
        .end("<Error><Code>" + code + "</Code><Message>no</Message></Error>");
  }

  private static String emptyList() {
    return "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>media</Name>"
        + "<KeyCount>0</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated>"
        + "</ListBucketResult>";
  }

  private static <T> T done(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not within 20 s", e);
    }
  }
}
