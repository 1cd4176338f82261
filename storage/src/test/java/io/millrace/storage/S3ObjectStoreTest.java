package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.program.S3Server;
import io.millrace.testkit.program.TcpProxy;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ObjectStoreTest extends ObjectStoreContract {
  @TempDir static Path buckets;
  private static S3Server server;

  @TempDir Path folder;
  private String bucket;

  @BeforeAll
  static void startServer() throws Exception {
    server = new S3Server(buckets);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @Override
  ObjectStore open(Vertx vertx) throws Exception {
    bucket = server.newBucket();
    return S3ObjectStore.open(config(server.port()), new PrometheusRegistry());
  }

  private S3Config config(int port) {
    return TestBucket.config(port, bucket, folder);
  }

  @Test
  void leavesNothingOfItsLookAtTheBucket() {
    assertThat(allKeys("", 10)).isEmpty();
  }

  @Test
  void uploadsALongObjectInParts() {
    byte[] bytes = new byte[(11 << 20) + 7];
    new Random(3).nextBytes(bytes);

    ObjectInfo put = await(store.put("long", Buffer.buffer(bytes)));

    assertThat(put.tag()).endsWith("-3");
    assertThat(put.size()).isEqualTo(bytes.length);
    assertThat(await(store.get("long")).orElseThrow().content().getBytes()).isEqualTo(bytes);
    assertThat(await(store.head("long")).orElseThrow().tag()).isEqualTo(put.tag());
    assertThat(await(store.getRange("long", (5 << 20) - 2, 4)).orElseThrow().getBytes())
        .containsExactly(
            bytes[(5 << 20) - 2], bytes[(5 << 20) - 1], bytes[5 << 20], bytes[(5 << 20) + 1]);
  }

  @Test
  void theStoreItselfCopiesAlsoWhatWasPutInParts() {
    byte[] bytes = new byte[(11 << 20) + 7];
    new Random(4).nextBytes(bytes);
    await(store.put("long", Buffer.buffer(bytes)));
    PrometheusRegistry registry = new PrometheusRegistry();
    S3ObjectStore counting = S3ObjectStore.open(config(server.port()), registry);

    assertThat(await(counting.copy("long", "copy"))).isTrue();

    assertThat(await(store.get("copy")).orElseThrow().content().getBytes()).isEqualTo(bytes);
    CounterSnapshot read =
        (CounterSnapshot) registry.scrape("millrace_storage_read_bytes"::equals).get(0);
    assertThat(read.getDataPoints().getFirst().getValue()).as("bytes that came by").isZero();
    await(counting.close());
  }

  @Test
  void endsUploadsThatNobodyEnds() throws Exception {
    S3Config config = config(server.port());
    try (S3Bucket open = new S3Bucket(config)) {
      String abandoned = open.beginParts("abandoned");
      open.putPart("abandoned", abandoned, 1, new byte[5 << 20]);
      assertThat(open.openUploads()).hasSize(1);
      S3Parts parts =
          new S3Parts(
              open,
              new S3Tries(config, new StorageMetrics(new PrometheusRegistry()), System::nanoTime),
              config.partSize());

      parts.endOld(Instant.now().minusSeconds(60));
      assertThat(open.openUploads()).hasSize(1);
      parts.endOld(Instant.now().plusSeconds(60));

      assertThat(open.openUploads()).isEmpty();
    }
  }

  @Test
  void saysAfterSomeSecondsThatTheStoreIsAwayWhileItStillTries() throws Exception {
    AtomicLong nanos = new AtomicLong();
    S3Config config = config(server.port());
    S3Tries tries = new S3Tries(config, new StorageMetrics(new PrometheusRegistry()), nanos::get);
    AtomicInteger made = new AtomicInteger();
    Optional<String> atLast =
        tries.until(
            "put",
            "k",
            () -> {
              if (made.getAndIncrement() == 0) {
                throw S3Failure.of(new ConnectException(), config);
              }
              assertThat(tries.trouble()).isEmpty();
              nanos.addAndGet(5_000_000_000L);
              return tries.trouble();
            });

    assertThat(atLast).get().asString().contains("cannot be reached; check storage.s3.endpoint");
    assertThat(tries.trouble()).isEmpty();
  }

  @Test
  void goesOnWhenTheStoreIsBackSoon() {
    PrometheusRegistry registry = new PrometheusRegistry();
    try (TcpProxy line = new TcpProxy(server.port())) {
      S3ObjectStore through = S3ObjectStore.open(config(line.port()), registry);
      line.shutOut();
      line.cut();
      int made = line.made();
      Future<ObjectInfo> put = through.put("k", Buffer.buffer("x"));
      while (line.made() < made + 2) {
        Thread.onSpinWait();
      }
      assertThat(put.isComplete()).isFalse();
      line.letIn();

      assertThat(await(put).size()).isEqualTo(1);
      assertThat(await(store.get("k"))).isPresent();
      await(through.close());
    }
  }

  @Test
  void givesUpAStoreThatStaysAway() {
    try (TcpProxy line = new TcpProxy(server.port())) {
      S3ObjectStore through = S3ObjectStore.open(config(line.port()), new PrometheusRegistry());
      line.shutOut();
      line.cut();

      assertThatThrownBy(() -> await(through.put("k", Buffer.buffer("x"))))
          .hasCauseInstanceOf(StorageException.class)
          .hasMessageContaining("put k: http://127.0.0.1:" + line.port());
      await(through.close());
    }
  }

  @Test
  void saysThatNothingListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    assertRefused(
        config(port),
        "http://127.0.0.1:"
            + port
            + " cannot be reached; check storage.s3.endpoint, and that the store runs");
  }

  @Test
  void saysThatTheSecretIsWrong() {
    assertRefused(
        TestBucket.config(server.port(), bucket, "not-the-secret", folder),
        "the secret is not the one of the access key; check storage.s3.secretKey");
  }

  @Test
  void saysThatThereIsNoBucket() {
    assertRefused(
        TestBucket.config(server.port(), "elsewhere", S3Server.SECRET_KEY, folder),
        "there is no bucket 'elsewhere'; make it, or check storage.s3.bucket, region and"
            + " pathStyle");
  }

  @Test
  void readsKeysFromAFileAndTakesUpNewOnes() throws Exception {
    Path file = folder.resolve("credentials");
    Files.writeString(file, credentials("not-the-secret"));
    S3Config config = with(new S3Config.Credentials.SharedFile(file, "live"));
    assertRefused(config, "the secret is not the one");
    Files.writeString(file, credentials(S3Server.SECRET_KEY));

    S3ObjectStore its = S3ObjectStore.open(config, new PrometheusRegistry());

    assertThat(await(its.put("k", Buffer.buffer("x"))).size()).isEqualTo(1);
    await(its.close());
    assertRefused(
        with(new S3Config.Credentials.SharedFile(file, "other")),
        "storage.s3.credentialsFile: " + file + " has no aws_access_key_id in [other]");
    assertRefused(
        with(new S3Config.Credentials.SharedFile(folder.resolve("none"), "live")),
        "storage.s3.credentialsFile: there is no file " + folder.resolve("none"));
  }

  private static String credentials(String secret) {
    return "[default]\naws_access_key_id = x\n\n[live]\n# ours\naws_access_key_id = "
        + S3Server.ACCESS_KEY
        + "\naws_secret_access_key="
        + secret
        + "\n";
  }

  private S3Config with(S3Config.Credentials credentials) {
    S3Config config = config(server.port());
    return new S3Config(
        config.endpoint(),
        config.bucket(),
        config.region(),
        config.pathStyle(),
        credentials,
        config.encryption(),
        config.connections(),
        config.requestTimeout(),
        config.retryFor(),
        config.partSize(),
        config.spool());
  }

  private static void assertRefused(S3Config config, String words) {
    assertThatThrownBy(() -> S3ObjectStore.open(config.withoutRetries(), new PrometheusRegistry()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(words)
        .satisfies(
            e -> assertThat(everything(e)).doesNotContain(S3Server.SECRET_KEY, "Signature="));
  }

  private static String everything(Throwable thrown) {
    java.io.StringWriter words = new java.io.StringWriter();
    thrown.printStackTrace(new java.io.PrintWriter(words));
    return words.toString();
  }
}
