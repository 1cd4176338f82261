package io.millrace.app.bridges;

import io.millrace.app.bridges.StreamEvent.Kind;
import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.EndReason;
import io.millrace.media.HealthFinding;
import io.millrace.media.InputChange;
import io.millrace.media.LiveState;
import io.millrace.media.LiveStatus;
import io.millrace.media.LiveStreams;
import io.millrace.media.StreamKey;
import io.millrace.packager.Packager;
import io.millrace.packager.StoredSegment;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells of this node's streams: what becomes of their broadcasts and segments as it happens, and
 * how many watch and how the publishers are doing when that has changed. Thread-safe; on the media
 * path it only hands over.
 */
public final class StreamEvents implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Consumer<StreamEvent> feed;
  private final InstantSource clock;

  /** Which broadcasts have been told to be on air, or not any more. */
  private final Map<BroadcastId, Kind> told = new ConcurrentHashMap<>();

  // On the context of the timer.
  private final Map<BroadcastId, Integer> viewers = new HashMap<>();
  private final Map<BroadcastId, Set<String>> findings = new HashMap<>();

  private Runnable stop = () -> {};

  StreamEvents(Consumer<StreamEvent> feed, InstantSource clock) {
    this.feed = feed;
    this.clock = clock;
  }

  /** Begins to tell, before publishers are let in. */
  public static StreamEvents of(
      LiveStreams streams, Packager packager, EventFeed feed, InstantSource clock) {
    StreamEvents events = new StreamEvents(feed::offer, clock);
    streams.onState(events::changed);
    streams.onInput(events::inputChanged);
    packager.onStored(events::stored);
    return events;
  }

  /**
   * Looks every two seconds for what has changed.
   *
   * @param watching how many watch a stream now
   */
  public void look(Vertx vertx, LiveStreams streams, ToIntFunction<StreamKey> watching) {
    long timer =
        vertx.setPeriodic(
            LOOK.toMillis(),
            id ->
                look(
                    streams.statuses(),
                    watching,
                    stream ->
                        streams
                            .find(stream)
                            .map(live -> live.health().findings())
                            .orElse(List.of())));
    stop = () -> vertx.cancelTimer(timer);
  }

  void changed(LiveStatus now, Optional<EndReason> reason) {
    BroadcastId id = now.broadcast().id();
    Kind before = told.get(id);
    Optional<Kind> kind = next(before, now.state());
    if (now.state() == LiveState.ENDED) {
      told.remove(id);
    } else {
      kind.ifPresent(its -> told.put(id, its));
    }
    kind.ifPresent(its -> feed.accept(StreamEvent.of(its, now, reason)));
  }

  /**
   * What is to be told of a state, after what was told last.
   *
   * @param before null for nothing: then a broadcast that ends was never on air
   */
  private static Optional<Kind> next(@Nullable Kind before, LiveState now) {
    return switch (now) {
      case STARTING -> Optional.empty();
      case ON_AIR ->
          before == null
              ? Optional.of(Kind.BROADCAST_STARTED)
              : before == Kind.BROADCAST_INTERRUPTED
                  ? Optional.of(Kind.BROADCAST_RESUMED)
                  : Optional.empty();
      case INTERRUPTED ->
          before == Kind.BROADCAST_INTERRUPTED
              ? Optional.empty()
              : Optional.of(Kind.BROADCAST_INTERRUPTED);
      case ENDED -> before == null ? Optional.empty() : Optional.of(Kind.BROADCAST_ENDED);
    };
  }

  void inputChanged(InputChange change) {
    feed.accept(StreamEvent.of(change, clock.instant()));
  }

  void stored(StoredSegment segment) {
    feed.accept(StreamEvent.of(segment, clock.instant()));
  }

  void look(
      List<LiveStatus> statuses,
      ToIntFunction<StreamKey> watching,
      Function<StreamKey, List<HealthFinding>> health) {
    Set<BroadcastId> live =
        statuses.stream().map(status -> status.broadcast().id()).collect(Collectors.toSet());
    viewers.keySet().retainAll(live);
    findings.keySet().retainAll(live);
    for (LiveStatus status : statuses) {
      if (status.state() == LiveState.ON_AIR) {
        Broadcast broadcast = status.broadcast();
        countViewers(broadcast, watching.applyAsInt(broadcast.stream()));
        compare(broadcast, health.apply(broadcast.stream()));
      }
    }
  }

  private void countViewers(Broadcast broadcast, int now) {
    Integer before = viewers.put(broadcast.id(), now);
    if (before == null ? now > 0 : before != now) {
      feed.accept(StreamEvent.viewers(broadcast, now, clock.instant()));
    }
  }

  private void compare(Broadcast broadcast, List<HealthFinding> now) {
    Set<String> codes = now.stream().map(HealthFinding::code).collect(Collectors.toSet());
    Set<String> before = findings.put(broadcast.id(), codes);
    if (before == null ? !codes.isEmpty() : !before.equals(codes)) {
      feed.accept(StreamEvent.health(broadcast, now, clock.instant()));
    }
  }

  @Override
  public void close() {
    stop.run();
  }
}
