package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.S3Server;
import io.millrace.testkit.program.TcpProxy;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bucket whose network goes away and comes back, with the spool in front of it. */
@Timeout(120)
class S3OutageTest {
  private static final int OBJECTS = 40;
  private static final int SIZE = 10_000;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong();
  private S3Server server;
  private TcpProxy line;
  private String bucket;
  private S3ObjectStore direct;

  @BeforeEach
  void start() throws Exception {
    server = new S3Server(folder.resolve("buckets"));
    bucket = server.newBucket();
    line = new TcpProxy(server.port());
    direct =
        S3ObjectStore.open(
            TestBucket.config(server.port(), bucket, folder), new PrometheusRegistry());
  }

  @AfterEach
  void stop() throws Exception {
    done(direct.close());
    line.close();
    server.close();
    done(vertx.close());
  }

  @Test
  void everythingThatWasAcknowledgedIsInTheBucketAfterAnOutage() throws Exception {
    ObjectStore store = open(folder.resolve("spool"));
    putAll(store, 0, OBJECTS / 4);
    line.shutOut();
    line.cut();
    putAll(store, OBJECTS / 4, OBJECTS);
    byte[] recording = new byte[(9 << 20) + 1];
    new Random(1).nextBytes(recording);
    done(store.putFile("r/recording", Files.write(folder.resolve("recording"), recording)));
    assertThat(done(store.get("b/" + (OBJECTS - 1))).orElseThrow().content())
        .isEqualTo(content(OBJECTS - 1));
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(10));
    assertThat(store.trouble()).isPresent();

    line.letIn();

    awaitAll();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> store.trouble().isEmpty());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> done(direct.head("r/recording")).isPresent());
    assertThat(done(direct.get("r/recording")).orElseThrow().content().getBytes())
        .isEqualTo(recording);
    done(store.close());
    assertThat(filesIn(folder.resolve("spool"))).isEmpty();
  }

  /** Connections are taken and nothing is answered, so only our own patience ends a request. */
  @Test
  void aBucketThatSwallowsEverythingIsToldOfAndHasEverythingAfterwards() {
    ObjectStore store = open(folder.resolve("spool"));
    putAll(store, 0, OBJECTS / 4);
    line.becomeBlackHole();
    putAll(store, OBJECTS / 4, OBJECTS);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
              return store.trouble().filter(why -> why.contains("did not answer")).isPresent();
            });
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(10));
    assertThat(store.trouble().orElseThrow())
        .contains("the bucket has taken nothing for 6")
        .contains("storage.s3.requestTimeout")
        .contains("wait on this machine's disk");
    for (int i = OBJECTS / 4; i < OBJECTS; i += 7) {
      assertThat(done(store.get("b/" + i)).orElseThrow().content()).isEqualTo(content(i));
    }

    line.letIn();

    awaitAll();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> store.trouble().isEmpty());
    done(store.close());
    assertThat(filesIn(folder.resolve("spool"))).isEmpty();
  }

  /** A copy of the spool, taken while it is at work, is what a kill leaves. */
  @Test
  void whatAKilledRunHadAcknowledgedIsSentByTheNext() throws Exception {
    ObjectStore killed = open(folder.resolve("spool"));
    line.shutOut();
    line.cut();
    putAll(killed, 0, OBJECTS);
    Path left = folder.resolve("left");
    copy(folder.resolve("spool"), left);
    Files.writeString(left.resolve("#temp").resolve("1"), "half");
    line.letIn();
    done(killed.close());
    for (int i = 0; i < OBJECTS; i++) {
      done(direct.delete("b/" + i));
    }

    ObjectStore next = open(left);

    awaitAll();
    done(next.close());
    assertThat(filesIn(left)).isEmpty();
  }

  private ObjectStore open(Path spool) {
    S3ObjectStore through =
        S3ObjectStore.open(
            TestBucket.config(line.port(), bucket, folder), new PrometheusRegistry());
    return done(
        SpooledObjectStore.open(
            vertx,
            through,
            new S3Config.Spool(spool, 16 << 20, 4),
            new PrometheusRegistry(),
            nanos::get));
  }

  private static void putAll(ObjectStore store, int from, int to) {
    for (int i = from; i < to; i++) {
      done(store.put("b/" + i, content(i)));
    }
  }

  private void awaitAll() {
    for (int i = 0; i < OBJECTS; i++) {
      String key = "b/" + i;
      Buffer wanted = content(i);
      Awaitility.await(key)
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> done(direct.get(key)).filter(its -> its.content().equals(wanted)).isPresent());
    }
  }

  private static Buffer content(int seed) {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }

  private static List<Path> filesIn(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static <T> T done(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not within 30 s", e);
    }
  }
}
