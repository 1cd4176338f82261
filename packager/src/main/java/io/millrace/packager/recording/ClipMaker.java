package io.millrace.packager.recording;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipReply.Reason;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.Recordings;
import io.millrace.packager.live.BroadcastSoFar;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.state.AssetRecord;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes clips of assets and of what is on air. Thread-safe. */
public final class ClipMaker {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClipMaker.class);

  /** So many are made at once. */
  private static final int MOST = 4;

  /** What is listed is in the store within so long, or the store is behind. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final ObjectStore store;
  private final Recordings recordings;
  private final Function<BroadcastId, Optional<Broadcast>> live;
  private final InstantSource clock;
  private final PackagerMetrics metrics;
  private final Duration answer;
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * @param live a broadcast whose playlists can still be asked for
   * @param answer how long whoever asks waits; then they are told that it takes longer
   */
  public ClipMaker(
      Vertx vertx,
      ObjectStore store,
      Recordings recordings,
      Function<BroadcastId, Optional<Broadcast>> live,
      InstantSource clock,
      PackagerMetrics metrics,
      Duration answer) {
    this.vertx = vertx;
    this.store = store;
    this.recordings = recordings;
    this.live = live;
    this.clock = clock;
    this.metrics = metrics;
    this.answer = answer;
  }

  /** What there is to be cut, and whether the store may not have all of it yet. */
  private record Source(Presentation presentation, boolean growing) {}

  /**
   * Makes one.
   *
   * @return completes on the caller's context; what goes wrong is a reply
   */
  public Future<ClipReply> make(ClipRequest request) {
    Context context = vertx.getOrCreateContext();
    Promise<ClipReply> promise = Promise.promise();
    if (underWay.incrementAndGet() > MOST) {
      underWay.decrementAndGet();
      return Future.succeededFuture(
          new ClipReply.Refused(Reason.BUSY, MOST + " clips are being made; ask again"));
    }
    recordings.open().holdSource(request.of());
    context.runOnContext(
        v ->
            source(request.of())
                .compose(
                    found ->
                        found.isEmpty()
                            ? refused(Reason.UNKNOWN, "there is no such recording (any more)")
                            : cut(request, found.get(), promise))
                .recover(failure -> failed(request, failure))
                .onComplete(
                    done -> {
                      recordings.open().releaseSource(request.of());
                      underWay.decrementAndGet();
                      promise.tryComplete(done.result());
                    }));
    return promise.future();
  }

  private Future<Optional<Source>> source(BroadcastId id) {
    return recordings
        .reader()
        .read(id)
        .compose(
            asset ->
                asset.isPresent()
                    ? Future.succeededFuture(asset.map(played -> new Source(played, false)))
                    : live.apply(id)
                        .map(
                            broadcast ->
                                new BroadcastSoFar(vertx, store, broadcast)
                                    .read()
                                    .map(found -> found.map(so -> new Source(so, true))))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
  }

  private Future<ClipReply> cut(ClipRequest request, Source source, Promise<ClipReply> promise) {
    Future<ClipCut> cutting =
        Future.succeededFuture(source.presentation)
            .compose(
                presentation ->
                    vertx.executeBlocking(
                        () -> ClipCut.of(presentation, request.from(), request.to()), false));
    return cutting.compose(
        cut -> {
          Optional<String> lack = recordings.lackOfRoom(cut.bytes());
          return lack.isPresent()
              ? refused(Reason.NO_ROOM, lack.get())
              : copy(request, source, cut, promise);
        });
  }

  private Future<ClipReply> copy(
      ClipRequest request, Source source, ClipCut cut, Promise<ClipReply> promise) {
    Broadcast from = source.presentation.broadcast();
    BroadcastId id = BroadcastId.create(clock.instant());
    Broadcast clip = new Broadcast(id, from.tenant(), from.stream(), cut.startsAt());
    long timer =
        vertx.setTimer(answer.toMillis(), late -> promise.tryComplete(new ClipReply.BeingMade(id)));
    recordings.shelf().recorded(id, cut.bytes());
    return new ClipMaking(vertx, store, metrics, clip, cut)
        .run(
            from,
            source.growing ? PATIENCE : Duration.ZERO,
            request,
            source.presentation.targetSeconds(),
            clock.instant())
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              recordings.shelf().gone(id);
            })
        .map(this::made);
  }

  private ClipReply made(AssetRecord record) {
    recordings.index().add(record.asset());
    LOGGER
        .atInfo()
        .addKeyValue("stream", record.asset().stream())
        .addKeyValue("broadcast", record.asset().id())
        .addKeyValue("bytes", record.asset().bytes())
        .log("a clip is made");
    return new ClipReply.Made(record.asset());
  }

  private static Future<ClipReply> refused(Reason reason, String words) {
    return Future.succeededFuture(new ClipReply.Refused(reason, words));
  }

  private static Future<ClipReply> failed(ClipRequest request, Throwable failure) {
    return switch (failure) {
      case ClipCut.RangeException wrong -> refused(Reason.RANGE, wrong.words());
      case ObjectCopy.MissingException missing -> {
        log(request, missing);
        yield refused(
            Reason.GONE, "some of it went away while the clip was made; nothing of it is kept");
      }
      default -> {
        log(request, failure);
        yield refused(Reason.NOT_STORED, "the object store does not take it; nothing is kept");
      }
    };
  }

  private static void log(ClipRequest request, Throwable failure) {
    LOGGER
        .atWarn()
        .addKeyValue("broadcast", request.of())
        .addKeyValue("reason", failure.getMessage())
        .log("a clip cannot be made");
  }
}
