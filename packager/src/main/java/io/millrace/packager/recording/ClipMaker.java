package io.millrace.packager.recording;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipReply.Reason;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.Recordings;
import io.millrace.packager.live.BroadcastSoFar;
import io.millrace.packager.live.RecordedBroadcast;
import io.millrace.packager.presentation.Presentation;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes clips of assets and of what is on air, each on a virtual thread. Who wishes for one that is
 * being made waits for that, and who knows it by a key also when it has been made lately.
 * Thread-safe.
 */
public final class ClipMaker {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClipMaker.class);

  /** So many are made at once. */
  private static final int MOST = 4;

  /** So many keys are known, each for so long. */
  private static final int MOST_KEYS = 1000;

  private static final Duration KEPT = Duration.ofMinutes(10);

  /** What is listed is in the store within so long, or the store is behind. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final ObjectStore store;
  private final Recordings recordings;
  private final Function<BroadcastId, Optional<Broadcast>> live;
  private final InstantSource clock;
  private final ClipTimes times;
  private final AssetRoom room;

  /** Those that are being made; changed under its own lock. */
  private final Map<ClipRequest, Wish> wishes = new HashMap<>();

  /** Those of the wishes with a key that have not failed. */
  private final Cache<ClipRequest, Wish> keyed =
      Caffeine.newBuilder()
          .maximumSize(MOST_KEYS)
          .expireAfterWrite(KEPT)
          .ticker(Ticker.systemTicker())
          .executor(Runnable::run)
          .build();

  /**
   * @param live a broadcast whose playlists can still be asked for
   */
  public ClipMaker(
      Vertx vertx,
      ObjectStore store,
      Recordings recordings,
      Function<BroadcastId, Optional<Broadcast>> live,
      InstantSource clock,
      ClipTimes times,
      AssetRoom room) {
    this.vertx = vertx;
    this.store = store;
    this.recordings = recordings;
    this.live = live;
    this.clock = clock;
    this.times = times;
    this.room = room;
  }

  /** What there is to be cut, and whether the store may not have all of it yet. */
  private record Source(RecordedBroadcast broadcast, boolean growing) {
    private Presentation presentation() {
      return broadcast.presentation();
    }
  }

  /** A clip that is being made; what comes of it never fails. */
  private record Wish(BroadcastId id, Promise<ClipReply> reply) {}

  /**
   * Makes one, or waits for the same one that is being made.
   *
   * @return completes on the caller's context; what goes wrong is a reply
   */
  public Future<ClipReply> make(ClipRequest request) {
    ClipRequest wanted = request.withoutKey();
    Wish wish;
    synchronized (wishes) {
      Optional<Wish> same =
          Optional.ofNullable(keyed.getIfPresent(request))
              .or(() -> Optional.ofNullable(wishes.get(wanted)));
      if (same.isPresent()) {
        remember(request, same.get());
        return answer(same.get());
      }
      if (wishes.size() >= MOST) {
        return Future.succeededFuture(
            refused(Reason.BUSY, MOST + " clips are being made; ask again"));
      }
      wish = new Wish(BroadcastId.create(clock.instant()), Promise.promise());
      wishes.put(wanted, wish);
      remember(request, wish);
    }
    recordings.open().holdSource(request.of());
    Thread.ofVirtual().name("clip " + wish.id).start(() -> fulfil(wanted, wish));
    return answer(wish);
  }

  private void remember(ClipRequest request, Wish wish) {
    if (request.key().isPresent()) {
      keyed.put(request, wish);
    }
  }

  private Future<ClipReply> answer(Wish wish) {
    Context context = vertx.getOrCreateContext();
    Promise<ClipReply> promise = Promise.promise();
    context.runOnContext(
        v -> {
          long timer =
              vertx.setTimer(
                  times.answer().toMillis(),
                  late -> promise.tryComplete(new ClipReply.BeingMade(wish.id)));
          wish.reply
              .future()
              .onSuccess(
                  reply -> {
                    vertx.cancelTimer(timer);
                    context.runOnContext(w -> promise.tryComplete(reply));
                  });
        });
    return promise.future();
  }

  private void fulfil(ClipRequest request, Wish wish) {
    ClipReply reply = refused(Reason.NOT_STORED, "it cannot be made");
    try {
      reply = make(request, wish.id);
    } catch (Exception e) {
      reply = failed(request, e, "nothing is kept");
    } finally {
      recordings.open().releaseSource(request.of());
      synchronized (wishes) {
        wishes.remove(request);
        if (!(reply instanceof ClipReply.Made)) {
          keyed.asMap().values().removeIf(wish::equals);
        }
      }
      wish.reply.complete(reply);
    }
  }

  private ClipReply make(ClipRequest request, BroadcastId id) {
    Optional<Source> found = source(request.of()).await();
    if (found.isEmpty()) {
      return refused(Reason.UNKNOWN, "there is no such recording (any more)");
    }
    Source source = found.get();
    // Of a day it is some hundred thousand segments.
    ClipCut cut =
        Objects.requireNonNull(
            vertx
                .executeBlocking(
                    () -> ClipCut.of(source.presentation(), request.from(), request.to()), false)
                .await());
    Optional<String> lack = room.take(id, cut.bytes(), store.freeShare().await());
    if (lack.isPresent()) {
      return refused(Reason.NO_ROOM, lack.get());
    }
    Broadcast from = source.presentation().broadcast();
    Broadcast clip = new Broadcast(id, from.tenant(), from.stream(), cut.range().startsAt());
    try {
      Asset made =
          new ClipMaking(
                  vertx,
                  store,
                  recordings.index(),
                  room,
                  () -> recordings.lackOfDisk(store.freeShare().await()),
                  clip,
                  cut,
                  cut.cues(source.broadcast.cues()))
              .run(
                  from,
                  source.growing ? PATIENCE : Duration.ZERO,
                  request,
                  source.presentation().targetSeconds(),
                  clock.instant());
      recordings.shelf().gone(id);
      return made(made);
    } catch (Exception e) {
      return failed(
          request,
          e,
          room.isRemoved(clip)
              ? "nothing of it is kept"
              : "what there is of it is removed when the store answers again");
    }
  }

  private Future<Optional<Source>> source(BroadcastId id) {
    return recordings
        .reader()
        .readAll(id)
        .compose(
            asset ->
                asset.isPresent()
                    ? Future.succeededFuture(asset.map(played -> new Source(played, false)))
                    : live.apply(id)
                        .map(
                            broadcast ->
                                new BroadcastSoFar(vertx, store, broadcast)
                                    .read()
                                    .map(so -> so.map(its -> new Source(its, true))))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
  }

  private static ClipReply made(Asset made) {
    LOGGER
        .atInfo()
        .addKeyValue("stream", made.stream())
        .addKeyValue("broadcast", made.id())
        .addKeyValue("bytes", made.bytes())
        .log("a clip is made");
    return new ClipReply.Made(made);
  }

  private static ClipReply refused(Reason reason, String words) {
    return new ClipReply.Refused(reason, words);
  }

  /**
   * @param kept what has become of what had been made
   */
  private static ClipReply failed(ClipRequest request, Throwable failure, String kept) {
    if (failure instanceof ClipRange.RangeException wrong) {
      return refused(Reason.RANGE, wrong.words());
    }
    LOGGER
        .atWarn()
        .addKeyValue("broadcast", request.of())
        .addKeyValue("reason", failure.getMessage())
        .log("a clip cannot be made");
    return switch (failure) {
      case ObjectCopy.MissingException _ ->
          refused(Reason.GONE, "some of it went away while the clip was made; " + kept);
      case ClipMaking.NoRoomException full -> refused(Reason.NO_ROOM, full.words() + "; " + kept);
      case AssetIndex.TakenOverException _ ->
          refused(Reason.NOT_STORED, "another server has taken over the store; " + kept);
      default -> refused(Reason.NOT_STORED, "the object store does not take it; " + kept);
    };
  }
}
