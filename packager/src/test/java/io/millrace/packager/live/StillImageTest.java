package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.media.Sample;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.PictureMaker;
import io.millrace.packager.origin.PresentationOrigin;
import io.millrace.packager.origin.ThumbnailFiles;
import io.millrace.transcoding.PictureOutcome;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code still.jpg}, by somebody who makes anything. */
class StillImageTest {
  private static final Buffer JPEG = Buffer.buffer("a picture");

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private final List<Sample> asked = new ArrayList<>();
  private PictureOutcome made = new PictureOutcome.Made(JPEG);
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node();
  }

  private static OriginResponse get(Origin origin) {
    return LiveNode.await(
        origin.answer(new OriginRequest("GET", "/live/one/still.jpg", "", Map.of())));
  }

  private Origin origin() {
    return origin(
        (source, track, keyFrame, lines) -> {
          asked.add(keyFrame);
          return Future.succeededFuture(made);
        });
  }

  /** Makes JPEGs alone. */
  private interface Jpegs extends PictureMaker {
    @Override
    default Future<PictureOutcome> tile(String source, Buffer file, int width, int height) {
      throw new UnsupportedOperationException();
    }

    @Override
    default Future<PictureOutcome> sheet(String source, Buffer planes, int width, int height) {
      throw new UnsupportedOperationException();
    }
  }

  private Origin origin(Jpegs maker) {
    return origin(Optional.of(maker));
  }

  private Origin origin(Optional<PictureMaker> maker) {
    Configuration empty = new Configuration(Map.of(), Map.of(), Map.of());
    return new PresentationOrigin(
        node.presentations,
        fixture.store(),
        PackagerConfig.read(empty.root().section("packager")),
        new PackagerMetrics(new PrometheusRegistry()),
        fixture.clock,
        maker,
        new ThumbnailFiles(fixture.store(), Optional.empty()));
  }

  @Test
  void isMadeOnceOfEachKeyFrameThatSomebodyAsksFor() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    Origin origin = origin();
    for (int i = 0; i < 3; i++) {
      OriginResponse answer = get(origin);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(JPEG);
      assertThat(answer.headers())
          .containsEntry("content-type", "image/jpeg")
          .containsEntry("cache-control", "public, max-age=2");
    }
    assertThat(asked).hasSize(1).allMatch(Sample::sync);

    node.send(2);
    node.awaitSegments("video", 3);
    assertThat(get(origin).status()).isEqualTo(200);
    assertThat(asked).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void whatCannotBeMadeNowIsTriedAgain() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    Origin origin = origin();
    made = new PictureOutcome.Later();
    assertThat(get(origin).status()).isEqualTo(503);
    made = new PictureOutcome.Made(JPEG);
    assertThat(get(origin).status()).isEqualTo(200);
    assertThat(asked).hasSize(2);
  }

  @Test
  void whatIsBrokenIsNotTriedAgainButTheNextKeyFrameIs() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    Origin origin = origin();
    made = new PictureOutcome.Broken();
    for (int i = 0; i < 3; i++) {
      assertThat(get(origin).body().toString()).contains("still-broken");
    }
    assertThat(asked).hasSize(1);

    made = new PictureOutcome.Made(JPEG);
    node.send(2);
    node.awaitSegments("video", 3);
    assertThat(get(origin).status()).isEqualTo(200);
    assertThat(asked).hasSize(2);
  }

  @Test
  void isMadeOnceForAllWhoAskAtOnceAndEachIsAnsweredOnItsOwnEventLoop() throws Exception {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    Promise<PictureOutcome> making = Promise.promise();
    AtomicReference<Origin> itself = new AtomicReference<>();
    OriginRequest request = new OriginRequest("GET", "/live/one/still.jpg", "", Map.of());
    Origin origin =
        origin(
            (source, track, keyFrame, lines) -> {
              asked.add(keyFrame);
              if (asked.size() == 1) {
                // As one who asks at the same moment.
                itself.get().answer(request);
              }
              return making.future();
            });
    itself.set(origin);
    Vertx vertx = Vertx.vertx();
    try {
      List<CompletableFuture<Boolean>> onOwnLoop = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        onOwnLoop.add(done);
        Context loop = ((VertxInternal) vertx).createEventLoopContext();
        CompletableFuture<Void> waits = new CompletableFuture<>();
        loop.runOnContext(
            _ -> {
              origin
                  .answer(request)
                  .onComplete(_ -> done.complete(loop.equals(Vertx.currentContext())));
              waits.complete(null);
            });
        waits.get(10, TimeUnit.SECONDS);
      }
      making.complete(new PictureOutcome.Made(JPEG));
      for (CompletableFuture<Boolean> done : onOwnLoop) {
        assertThat(done.get(10, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(asked).hasSize(1);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void saysWhyThereIsNone() {
    assertThat(get(origin()).status()).isEqualTo(404);
    node.publish(LiveNode.AUDIO).send(9);
    node.awaitSegments("audio", 2);
    assertThat(get(origin()).body().toString()).contains("no-picture");
    assertThat(asked).isEmpty();
    assertThat(get(origin(Optional.empty())).body().toString()).contains("no-still");
  }
}
