package io.millrace.edge.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.edge.UpstreamRequest;
import io.millrace.edge.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EdgeCacheTest {
  private static final CacheKey KEY = new CacheKey("/play/a/b/c.m4s", "");

  private record Asked(UpstreamRequest request, Promise<UpstreamResponse> answer) {}

  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final List<Asked> asked = new ArrayList<>();
  private final CacheStore store = new CacheStore(1 << 20);
  private final EdgeCache cache =
      new EdgeCache(
          request -> {
            Promise<UpstreamResponse> answer = Promise.promise();
            asked.add(new Asked(request, answer));
            return answer.future();
          },
          store,
          () -> now);

  private static UpstreamResponse response(int status, String body, String... fields) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return new UpstreamResponse(status, headers, Buffer.buffer(body));
  }

  private Future<Served> get() {
    return cache.get(KEY, now);
  }

  private static String text(Served served) {
    String text = new String(served.response().body().bytes(), UTF_8);
    served.response().body().release();
    return text;
  }

  @Test
  void answersFromMemoryWhileFresh() {
    Future<Served> first = get();
    asked.getFirst().answer().complete(response(200, "x", "Cache-Control", "max-age=10"));
    assertThat(first.result().how()).isEqualTo(Served.How.MISS);
    assertThat(text(first.result())).isEqualTo("x");
    now = now.plusSeconds(9);
    assertThat(get().result().how()).isEqualTo(Served.How.HIT);
    assertThat(asked).hasSize(1);
    now = now.plusSeconds(1);
    get();
    assertThat(asked).hasSize(2);
  }

  @Test
  void validatesWhatIsStaleAndKeepsTheBodyOfA304() {
    get();
    asked
        .get(0)
        .answer()
        .complete(response(200, "x", "Cache-Control", "max-age=1", "ETag", "\"v1\"", "X-A", "1"));
    now = now.plusSeconds(5);
    Future<Served> second = get();
    assertThat(asked.get(1).request().headers().get("If-None-Match")).isEqualTo("\"v1\"");
    asked.get(1).answer().complete(response(304, "", "Cache-Control", "max-age=60", "X-A", "2"));
    assertThat(second.result().how()).isEqualTo(Served.How.STALE);
    assertThat(second.result().response().status()).isEqualTo(200);
    assertThat(second.result().response().headers().getAll("X-A")).containsExactly("2");
    assertThat(text(second.result())).isEqualTo("x");
    now = now.plusSeconds(30);
    Future<Served> third = get();
    assertThat(third.result().how()).isEqualTo(Served.How.HIT);
    assertThat(text(third.result())).isEqualTo("x");
  }

  @Test
  void aFailureIsSharedAndNotRemembered() {
    Future<Served> first = get();
    Future<Served> second = get();
    asked.getFirst().answer().fail("gone");
    assertThat(first.failed()).isTrue();
    assertThat(second.failed()).isTrue();
    get();
    assertThat(asked).hasSize(2);
  }

  // HLS H5
  @Test
  void anErrorOfTheOriginGoesToEverybodyWhoWaitsUnchanged() {
    Future<Served> first = get();
    Future<Served> second = get();
    asked.getFirst().answer().complete(response(503, "later", "Cache-Control", "no-store"));
    assertThat(first.result().response().status()).isEqualTo(503);
    assertThat(text(second.result())).isEqualTo("later");
    assertThat(asked).hasSize(1);
    get();
    assertThat(asked).hasSize(2);
  }

  @Test
  void whatMayNotBeKeptDoesNotQueue() {
    List<Future<Served>> all = List.of(get(), get(), get());
    asked.getFirst().answer().complete(response(200, "mine", "Cache-Control", "no-store"));
    assertThat(text(all.get(0).result())).isEqualTo("mine");
    // The two others ask for themselves, at the same time.
    assertThat(asked).hasSize(3);
    asked.get(2).answer().complete(response(200, "third", "Cache-Control", "no-store"));
    assertThat(all.get(1).isComplete()).isFalse();
    assertThat(text(all.get(2).result())).isEqualTo("third");
  }

  @Test
  void givesMemoryBackWhenTheLastViewerIsDone() {
    Future<Served> first = get();
    asked.getFirst().answer().complete(response(200, "x", "Cache-Control", "max-age=10"));
    SharedBody body = first.result().response().body();
    assertThat(body.holds()).isEqualTo(2);
    store.remove(KEY);
    assertThat(body.holds()).isEqualTo(1);
    assertThat(new String(body.bytes(), UTF_8)).isEqualTo("x");
    body.release();
    assertThat(body.holds()).isZero();
    assertThat(body.tryHold()).isFalse();
  }

  @Test
  void anObjectThatWouldFillTheMemoryIsServedAndNotKept() {
    Future<Served> first = get();
    asked
        .getFirst()
        .answer()
        .complete(response(200, "x".repeat(600_000), "Cache-Control", "max-age=10"));
    assertThat(first.result().response().body().holds()).isEqualTo(1);
    get();
    assertThat(asked).hasSize(2);
  }

  @Test
  void evictsBySize() {
    for (int i = 0; i < 50; i++) {
      cache.get(new CacheKey("/" + i, ""), now);
      asked
          .get(i)
          .answer()
          .complete(response(200, "x".repeat(100_000), "Cache-Control", "max-age=10"));
    }
    assertThat(store.bytes()).isLessThanOrEqualTo(1 << 20);
  }

  /**
   * Whatever the order in which viewers come and answers arrive: never two requests for one object
   * at the same time, everybody is answered with the right object, and every hold ends.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void oneRequestForManyViewers(long seed) {
    Random random = new Random(seed);
    List<Future<Served>> viewers = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    List<SharedBody> bodies = new ArrayList<>();
    int landed = 0;
    for (int step = 0; step < 500; step++) {
      if (random.nextInt(10) < 8) {
        String path = "/" + random.nextInt(3);
        expected.add(path);
        viewers.add(cache.get(new CacheKey(path, ""), now));
      } else if (landed < asked.size()) {
        Asked next = asked.get(landed++);
        boolean validated =
            next.request().headers().contains("If-None-Match") && random.nextBoolean();
        next.answer()
            .complete(
                validated
                    ? response(304, "", "Cache-Control", "max-age=2")
                    : response(
                        200, next.request().path(), "Cache-Control", "max-age=2", "ETag", "\"e\""));
      } else {
        now = now.plus(Duration.ofMillis(random.nextInt(3000)));
      }
      List<String> open =
          asked.subList(landed, asked.size()).stream().map(a -> a.request().path()).toList();
      assertThat(open).as("seed %d", seed).doesNotHaveDuplicates();
    }
    while (landed < asked.size()) {
      Asked next = asked.get(landed++);
      next.answer().complete(response(200, next.request().path(), "Cache-Control", "max-age=2"));
    }
    for (int i = 0; i < viewers.size(); i++) {
      Served served = viewers.get(i).result();
      bodies.add(served.response().body());
      assertThat(text(served)).as("seed %d", seed).isEqualTo(expected.get(i));
    }
    for (int i = 0; i < 3; i++) {
      store.remove(new CacheKey("/" + i, ""));
    }
    assertThat(bodies).as("seed %d", seed).allMatch(body -> body.holds() == 0);
    assertThat(cache.inFlight()).isZero();
  }

  /** HLS L26, H5: however many wait, they have one body, which is gone when all have let go. */
  @Test
  void fiftyThousandWhoWaitShareOneBody() {
    List<Future<Served>> waiting = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      waiting.add(get());
    }
    assertThat(asked).hasSize(1);

    asked.getFirst().answer().complete(response(200, "x", "Cache-Control", "max-age=10"));
    for (Future<Served> each : waiting) {
      assertThat(each.result().response()).isSameAs(waiting.getFirst().result().response());
      each.result().response().body().release();
    }
    assertThat(waiting.getFirst().result().response().body().holds()).isEqualTo(1);
    assertThat(cache.inFlight()).isZero();
  }
}
