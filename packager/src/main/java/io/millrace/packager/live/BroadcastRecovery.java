package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.LiveStream;
import io.millrace.media.LiveStreams;
import io.millrace.media.ReaderLimits;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.Periods;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.BroadcastState;
import io.millrace.packager.state.StateWriter;
import io.millrace.storage.ObjectInfo;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StoredObject;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the broadcasts that a node left in the store when it stopped or died. One that was on air
 * goes on: its playlists are served again, what was listed but is not whole in the store becomes a
 * gap, and the next publisher within the grace continues it. One that had ended is played until its
 * time is over. What belongs to nothing is removed.
 *
 * <p>For a store that one node writes to. Used once, on one context.
 */
final class BroadcastRecovery {
  private static final Logger LOGGER = LoggerFactory.getLogger(BroadcastRecovery.class);
  private static final long SHOW_SECONDS = 2;

  private final WriterSetup setup;
  private final ObjectStore store;
  private final LiveStreams live;
  private final Context context;
  private final BroadcastSweep sweep;
  private final List<BroadcastWriter> writers = new ArrayList<>();
  private final List<EndedBroadcast> ended = new ArrayList<>();
  private final Set<String> resumed = new HashSet<>();

  /** What is left to be removed, by no means before what was on air goes on. */
  private final List<Supplier<Future<Void>>> removals = new ArrayList<>();

  BroadcastRecovery(WriterSetup setup, LiveStreams live, Context context) {
    this.setup = setup;
    this.store = setup.store();
    this.live = live;
    this.context = context;
    this.sweep = new BroadcastSweep(store, setup.metrics());
  }

  /** What was found. */
  record Recovered(List<BroadcastWriter> writers, List<EndedBroadcast> ended) {}

  /** Fails only when the store's index cannot be read. */
  Future<Recovered> recover() {
    List<String> keys = new ArrayList<>();
    return store
        .each(ObjectNames.INDEX, info -> done(() -> keys.add(info.key())))
        .compose(
            listed -> {
              keys.sort(Comparator.comparing(BroadcastRecovery::broadcastOf).reversed());
              Future<Void> done = Future.succeededFuture();
              for (String key : keys) {
                done = done.compose(v -> recoverOne(key));
              }
              return done;
            })
        .map(
            v -> {
              remove(0);
              return new Recovered(writers, ended);
            });
  }

  /** One after the other; nobody waits for them. */
  private void remove(int next) {
    if (next < removals.size()) {
      removals.get(next).get().onComplete(done -> remove(next + 1));
    }
  }

  private static String broadcastOf(String key) {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  private Future<Void> recoverOne(String key) {
    Optional<ObjectNames.Indexed> indexed = ObjectNames.indexed(key);
    if (indexed.isEmpty()) {
      return store.delete(key);
    }
    String prefix = indexed.get().prefix();
    return Future.all(
            store.head(ObjectNames.asset(indexed.get().broadcast())),
            store.get(prefix + "state.json"))
        .compose(
            both -> {
              Optional<ObjectInfo> asset = both.resultAt(0);
              Optional<StoredObject> state = both.resultAt(1);
              if (state.isPresent()) {
                return recoverState(prefix, state.get(), asset.isPresent());
              }
              removals.add(asset.isPresent() ? () -> store.delete(key) : () -> sweep(prefix, key));
              return Future.succeededFuture();
            })
        .recover(
            failure -> {
              count("failed");
              LOGGER
                  .atError()
                  .addKeyValue("object", prefix)
                  .addKeyValue("reason", failure.getMessage())
                  .log("a broadcast cannot be recovered; its objects stay where they are");
              return Future.succeededFuture();
            });
  }

  /** Removes what has no state, unless another server has begun with it meanwhile. */
  private Future<Void> sweep(String prefix, String key) {
    return store
        .head(prefix + "state.json")
        .compose(
            state ->
                state.isPresent()
                    ? Future.succeededFuture()
                    : sweep
                        .removeUntilGone(setup.vertx(), prefix, key)
                        .onSuccess(v -> count("swept")));
  }

  /**
   * @param sealed whether the broadcast has ended and there is an asset of it
   */
  private Future<Void> recoverState(String prefix, StoredObject found, boolean sealed) {
    BroadcastState state = BroadcastState.parse(found.content());
    return sizes(prefix)
        .compose(
            sizes ->
                RecoveredRecording.listed(store, prefix, state, sizes)
                    .compose(
                        listed ->
                            headers(prefix, listed)
                                .map(headers -> whole(prefix, listed, sizes, headers)))
                    .compose(
                        whole ->
                            RecoveredRecording.notKept(store, prefix, state, sizes)
                                .compose(
                                    notKept -> {
                                      if (sealed || hasEnded(state)) {
                                        playToTheEnd(prefix, state, whole, sizes, notKept, sealed);
                                        return Future.succeededFuture();
                                      }
                                      String tag = found.info().tag();
                                      return takeUp(prefix, state, whole, tag, sizes, notKept);
                                    })));
  }

  private Future<Map<String, Long>> sizes(String prefix) {
    Map<String, Long> sizes = new HashMap<>();
    return store
        .each(prefix, info -> done(() -> sizes.put(info.key(), info.size())))
        .map(v -> sizes);
  }

  private static Future<Void> done(Runnable work) {
    work.run();
    return Future.succeededFuture();
  }

  private List<Rendition> whole(
      String prefix, List<Rendition> listed, Map<String, Long> sizes, Map<String, Buffer> headers) {
    List<Rendition> whole = new ArrayList<>();
    for (Rendition rendition : listed) {
      whole.add(check(prefix, rendition, sizes, headers));
    }
    return whole;
  }

  private Future<Map<String, Buffer>> headers(String prefix, List<Rendition> listed) {
    Map<String, Buffer> headers = new HashMap<>();
    Future<Void> done = Future.succeededFuture();
    Set<String> keys = new HashSet<>();
    for (Rendition rendition : listed) {
      for (Segment segment : rendition.segments()) {
        if (segment.hasInit()) {
          keys.add(prefix + rendition.name() + "/" + segment.init());
        }
      }
    }
    for (String key : keys) {
      done =
          done.compose(v -> store.get(key))
              .map(
                  found -> {
                    found.ifPresent(object -> headers.put(key, object.content()));
                    return null;
                  });
    }
    return done.map(v -> headers);
  }

  /** What the store does not have as it was listed is a gap from now on. */
  private Rendition check(
      String prefix, Rendition listed, Map<String, Long> sizes, Map<String, Buffer> headers) {
    List<Segment> segments = new ArrayList<>();
    Map<String, Buffer> used = new HashMap<>();
    String folder = prefix + listed.name() + "/";
    for (Segment segment : listed.segments()) {
      Buffer header = headers.get(folder + segment.init());
      boolean whole =
          (header != null || !segment.hasInit())
              && sizes.getOrDefault(folder + segment.name(), -1L) == segment.size();
      if (header != null) {
        used.put(segment.init(), header);
      }
      if (segment.gap() || whole) {
        segments.add(segment);
      } else {
        setup.metrics().gap("lost");
        segments.add(segment.asGap());
      }
    }
    return new RenditionLog(listed.with(segments, used))
        .snapshot(RenditionLog.FOR_EVER, Duration.ZERO);
  }

  /** It has, or a later one of its stream goes on. */
  private boolean hasEnded(BroadcastState state) {
    Presentation old = state.presentation();
    return old.endedAt().isPresent() || !resumed.add(old.broadcast().stream().toString());
  }

  private void playToTheEnd(
      String prefix,
      BroadcastState state,
      List<Rendition> renditions,
      Map<String, Long> sizes,
      List<String> notKept,
      boolean sealed) {
    Presentation old = state.presentation();
    Instant endedAt = old.endedAt().orElseGet(() -> setup.clock().instant());
    Presentation finished = finished(state, renditions, endedAt);
    Recorded recorded =
        RecoveredRecording.of(prefix, state, sizes).with(RecordedCues.listed(state.cues()));
    AssetSeal seal =
        sealed
            ? AssetSeal.done(setup, old.broadcast())
            : new AssetSeal(setup, old.broadcast(), state.epoch() + 1);
    ended.add(
        new EndedBroadcast(
            setup.with(state.profile()), finished, endedAt, recorded, notKept, seal));
    count("ended");
  }

  private Future<Void> takeUp(
      String prefix,
      BroadcastState state,
      List<Rendition> renditions,
      String tag,
      Map<String, Long> sizes,
      List<String> notKept) {
    Presentation old = state.presentation();
    Broadcast broadcast = old.broadcast();
    long nextMsn = renditions.stream().mapToLong(Rendition::nextMsn).max().orElse(0);
    List<RenditionLog> logs = new ArrayList<>();
    for (Rendition rendition : renditions) {
      logs.add(goOn(rendition, nextMsn, old.targetSeconds(), state.epoch() + 1));
    }
    Duration open = listOpenSegment(old, logs, state.epoch() + 1);
    nextMsn += open.isZero() ? 0 : 1;
    StoredSegments found = StoredSegments.of(prefix, renditions, sizes.keySet());
    Recorded recorded = RecoveredRecording.of(prefix, state, sizes);
    List<String> leftOver = new ArrayList<>(found.unlisted());
    leftOver.addAll(RecoveredRecording.leftOver(prefix, state, sizes.keySet()));
    Resumption from =
        new Resumption(
            state.epoch() + 1,
            Resumption.randomWord(),
            containerOf(renditions),
            new StateWriter(store, ObjectNames.state(broadcast), Optional.of(tag)),
            old.partTarget(),
            old.targetSeconds(),
            nextMsn,
            state.mediaEnd().plus(open),
            logs,
            state.cues(),
            old.firstPeriod(),
            new DepartedSegments(
                recorded.tail().isPresent() ? notKept : found.departed(),
                owedUntil(state, renditions)),
            recorded);
    LiveStream stream = live.restore(broadcast, state.profile(), state.clock(), from.mediaEnd());
    BroadcastWriter writer = new BroadcastWriter(stream, setup, from);
    stream.addReader("packager", context, ReaderLimits.DEFAULT, writer::accept);
    writers.add(writer);
    count("resumed");
    LOGGER
        .atInfo()
        .addKeyValue("stream", broadcast.stream())
        .addKeyValue("broadcast", broadcast.id())
        .addKeyValue("epoch", from.epoch())
        .log("broadcast goes on after a restart and waits for its publisher");
    return Future.join(leftOver.stream().map(store::delete).toList())
        .compose(v -> writer.shown().timeout(SHOW_SECONDS, TimeUnit.SECONDS).otherwiseEmpty());
  }

  /**
   * Parts of a segment may have been seen of which no state tells: it is a gap, as long as it may
   * have been, and its number is not used for anything else (HLS B9).
   *
   * @return how long the gap is; zero where no parts are listed
   */
  private Duration listOpenSegment(Presentation old, List<RenditionLog> logs, int epoch) {
    List<RenditionLog> listed = logs.stream().filter(log -> !log.isEmpty()).toList();
    if (old.partTarget().isEmpty() || listed.isEmpty()) {
      return Duration.ZERO;
    }
    Instant end = listed.getFirst().end().orElseThrow();
    long since = Duration.between(end, setup.clock().instant()).toMillis();
    long least = Math.max(since, old.partTarget().get().toMillis());
    Duration lost = Duration.ofMillis(Math.min(least, 1000L * old.targetSeconds()));
    for (RenditionLog log : listed) {
      log.appendGap(lost, old.targetSeconds(), epoch);
      setup.metrics().gap("lost");
    }
    return lost;
  }

  /** A broadcast keeps its container whatever is configured by now. */
  private PackagerConfig.Container containerOf(List<Rendition> renditions) {
    return renditions.stream()
        .filter(rendition -> !rendition.info().isText())
        .flatMap(rendition -> rendition.segments().stream())
        .findFirst()
        .map(
            segment ->
                segment.hasInit() ? PackagerConfig.Container.CMAF : PackagerConfig.Container.TS)
        .orElse(setup.config().container());
  }

  /** All renditions go on with the same number; what one of them is behind is a gap. */
  private static RenditionLog goOn(Rendition rendition, long nextMsn, int seconds, int epoch) {
    RenditionLog log = new RenditionLog(rendition);
    if (!log.isEmpty()) {
      while (log.nextMsn() < nextMsn) {
        log.appendGap(seconds, epoch);
      }
    }
    return log;
  }

  /**
   * When what had left the playlists need not be there any more: as if all of it had left just now,
   * so much later as its own duration and the longest playlist are together (HLS B11).
   */
  private Instant owedUntil(BroadcastState state, List<Rendition> renditions) {
    long longest = setup.config().with(state.profile()).window().toNanos();
    for (Rendition rendition : renditions) {
      long listed = rendition.segments().stream().mapToLong(Segment::durationNanos).sum();
      longest = Math.max(longest, listed);
    }
    // Rounding leaves less than a second above the target duration (HLS B2).
    return setup
        .clock()
        .instant()
        .plusNanos(longest)
        .plusSeconds(state.presentation().targetSeconds() + 1);
  }

  private static Presentation finished(
      BroadcastState state, List<Rendition> renditions, Instant endedAt) {
    Presentation old = state.presentation();
    return Presentation.unwritten(
            old.broadcast(),
            old.targetSeconds(),
            old.partTarget(),
            renditions,
            Optional.of(endedAt))
        .startingIn(Periods.first(renditions, old.firstPeriod()))
        .withCues(BroadcastCues.ended(state.cues()))
        .written(true, WrittenPlaylists.INSTANCE);
  }

  private void count(String outcome) {
    setup.metrics().recovered(outcome);
  }
}
