package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.catalog.AssetEntry;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import io.millrace.edge.EdgeConfig;
import io.millrace.http.SharedSecret;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node asks the origin on another one for its recordings. */
class RemoteAssetsTest {
  private static final String FIRST = "01M7YZMHG0B2Y153S441CND7V7";
  private static final String SECOND = "01M7YZMHG1B2Y153S441CND7V7";

  private final Vertx vertx = Vertx.vertx();
  private final FakeAssets origin = new FakeAssets();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private RemoteAssets remote(String knownSecret) throws Exception {
    Handler<HttpServerRequest> mount =
        SharedSecret.guard(AssetMount.of(origin), Optional.of(new Secret("the secret"))).handler();
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      asked.incrementAndGet();
                      mount.handle(request);
                    })
                .listen(0, "127.0.0.1"));
    Configuration configuration =
        new Configuration(
            Map.of(
                "edge",
                Map.of("origin", "http://127.0.0.1:" + server.actualPort()),
                "origin",
                Map.of("sharedSecret", knownSecret)),
            Map.of(),
            Map.of());
    return new RemoteAssets(vertx, EdgeConfig.read(configuration.root()), nanos::get);
  }

  @Test
  void tellsKeepsAndRemovesWhatTheOriginHas() throws Exception {
    AssetEntry first = origin.add(FIRST, "live");
    AssetEntry second = origin.add(SECOND, "closed");
    RemoteAssets remote = remote("the secret");

    assertThat(await(remote.assets())).containsExactly(second, first);
    assertThat(await(remote.asset(FIRST))).contains(first);
    assertThat(await(remote.asset("01M7YZMHG2B2Y153S441CND7V7"))).isEmpty();
    assertThat(await(remote.asset("../live"))).isEmpty();

    assertThat(await(remote.pin(FIRST, true)).orElseThrow().pinned()).isTrue();
    assertThat(await(origin.asset(FIRST)).orElseThrow().pinned()).isTrue();
    assertThat(await(remote.pin(FIRST, false)).orElseThrow().pinned()).isFalse();

    assertThat(await(remote.remove(FIRST))).isTrue();
    assertThat(await(remote.remove(FIRST))).isFalse();
    assertThat(await(origin.assets())).containsExactly(second);
  }

  @Test
  void theOriginIsAskedTheSameOnceInAMoment() throws Exception {
    AssetEntry first = origin.add(FIRST, "live");
    RemoteAssets remote = remote("the secret");

    List<Future<List<AssetEntry>>> lists = new ArrayList<>();
    List<Future<Optional<AssetEntry>>> entries = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      lists.add(remote.assets());
      entries.add(remote.asset(FIRST));
    }
    for (int i = 0; i < 50; i++) {
      assertThat(await(lists.get(i))).containsExactly(first);
      assertThat(await(entries.get(i))).contains(first);
    }
    await(remote.assets());
    assertThat(asked).hasValue(2);

    AssetEntry second = origin.add(SECOND, "live");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(RecentAnswers.KEPT_SECONDS));
    assertThat(await(remote.assets())).containsExactly(second, first);
    assertThat(asked).hasValue(3);
  }

  @Test
  void whatIsChangedThroughHereIsSeenAtOnce() throws Exception {
    origin.add(FIRST, "live");
    RemoteAssets remote = remote("the secret");
    await(remote.asset(FIRST));
    await(remote.assets());

    await(remote.pin(FIRST, true));
    assertThat(await(remote.asset(FIRST)).orElseThrow().pinned()).isTrue();
    assertThat(await(remote.assets()).getFirst().pinned()).isTrue();

    await(remote.remove(FIRST));
    assertThat(await(remote.asset(FIRST))).isEmpty();
    assertThat(await(remote.assets())).isEmpty();
  }

  @Test
  void aFailureIsNotRememberedAndNotMoreThanThereIsRoomFor() throws Exception {
    RecentAnswers<String> answers = new RecentAnswers<>(10, nanos::get);
    assertThatThrownBy(() -> await(answers.get("a", () -> Future.failedFuture("away"))))
        .hasMessageContaining("away");
    assertThat(await(answers.get("a", () -> Future.succeededFuture("there")))).isEqualTo("there");

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 100; i++) {
        String key = "key " + i;
        await(
            answers.get(
                key,
                () -> {
                  asked.incrementAndGet();
                  return Future.succeededFuture(key);
                }));
      }
    }
    assertThat(asked.get()).isGreaterThanOrEqualTo(190);
  }

  @Test
  void anOriginWhoseSecretIsAnotherTellsNothing() throws Exception {
    origin.add(FIRST, "live");
    RemoteAssets remote = remote("something else");

    assertThatThrownBy(() -> await(remote.asset(FIRST))).hasStackTraceContaining("status 403");
    assertThatThrownBy(() -> await(remote.remove(FIRST))).hasStackTraceContaining("status 403");
    assertThat(await(origin.asset(FIRST))).isPresent();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}
