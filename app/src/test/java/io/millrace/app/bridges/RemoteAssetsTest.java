package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.catalog.AssetEntry;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import io.millrace.edge.EdgeConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node asks the origin on another one for its recordings. */
class RemoteAssetsTest {
  private static final String FIRST = "01M7YZMHG0B2Y153S441CND7V7";
  private static final String SECOND = "01M7YZMHG1B2Y153S441CND7V7";

  private final Vertx vertx = Vertx.vertx();
  private final FakeAssets origin = new FakeAssets();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private RemoteAssets remote(String knownSecret) throws Exception {
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    AssetMount.of(origin, Optional.of(new Secret("the secret"))).handler())
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
    return new RemoteAssets(vertx, EdgeConfig.read(configuration.root()));
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
