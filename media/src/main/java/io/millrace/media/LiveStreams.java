package io.millrace.media;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The live streams of this node, at most one broadcast for each stream. Thread-safe. */
public final class LiveStreams {
  private static final Logger LOGGER = LoggerFactory.getLogger(LiveStreams.class);

  /** Of how many streams the last broadcast is remembered; some kilobytes each. */
  private static final int ENDED_REMEMBERED = 1000;

  private final Vertx vertx;
  private final LiveConfig config;
  private final Clock wall;
  private final LiveMetrics metrics;
  private final ConcurrentHashMap<StreamKey, LiveStream> streams = new ConcurrentHashMap<>();
  private final EndedBroadcasts ended = new EndedBroadcasts(ENDED_REMEMBERED);
  private final List<Consumer<LiveStream>> listeners = new CopyOnWriteArrayList<>();
  private final List<StateListener> stateListeners = new CopyOnWriteArrayList<>();
  private final List<InputListener> inputListeners = new CopyOnWriteArrayList<>();
  private volatile Optional<Slate> slate = Optional.empty();
  private volatile boolean closed;

  public LiveStreams(Vertx vertx, LiveConfig config, Clock wall, PrometheusRegistry registry) {
    this.vertx = vertx;
    this.config = config;
    this.wall = wall;
    this.metrics = new LiveMetrics(registry);
  }

  /**
   * Adds somebody who is told of each new broadcast, on its home context, before its first event.
   */
  public void onBroadcast(Consumer<LiveStream> listener) {
    listeners.add(listener);
  }

  /** Adds somebody who is told of each broadcast's states, restored ones' too. */
  public void onState(StateListener listener) {
    stateListeners.add(listener);
  }

  /** Shows this in broadcasts that start from now on, while no media comes. */
  public void show(Slate shown) {
    slate = Optional.of(shown);
  }

  /** Adds somebody who is told what becomes of broadcasts' second inputs. */
  public void onInput(InputListener listener) {
    inputListeners.add(listener);
  }

  /**
   * Lets a publisher onto a stream: starts a broadcast, goes on with one that is within its grace,
   * stands by beside one of the other {@link InputRole}, or takes over from a publisher that has
   * fallen silent (which may take {@link LiveConfig#takeoverSilence} to find out). Called on the
   * publisher's event loop; completes there.
   *
   * @return fails when this node is stopping, or when somebody told of the new broadcast could not
   *     take it up, which has ended then
   */
  public Future<PublishOutcome> publish(PublishRequest request) {
    Context caller = vertx.getOrCreateContext();
    if (closed) {
      return Future.failedFuture(new IllegalStateException("this server is stopping"));
    }
    AtomicReference<Boolean> isNew = new AtomicReference<>(false);
    LiveStream stream =
        streams.computeIfAbsent(
            request.stream(),
            key -> {
              isNew.set(true);
              Broadcast broadcast =
                  new Broadcast(
                      BroadcastId.create(wall.instant()), request.tenant(), key, wall.instant());
              return create(broadcast, request.profile(), caller, new Timeline(ClockMap.EMPTY, 0));
            });
    Promise<PublishOutcome> promise = Promise.promise();
    stream
        .home()
        .runOnContext(
            v -> {
              try {
                if (isNew.get()) {
                  listeners.forEach(listener -> listener.accept(stream));
                }
                stream.admit(request, caller).onComplete(promise);
              } catch (RuntimeException e) {
                // A broadcast that not everybody could take up would be on air for nobody.
                promise.fail(e);
                stream.end(EndReason.MALFORMED);
              }
            });
    Promise<PublishOutcome> onCaller = Promise.promise();
    promise
        .future()
        .onComplete(
            outcome ->
                caller.runOnContext(
                    v -> {
                      if (outcome.failed()
                          && outcome.cause() instanceof LiveStream.StreamEndedException) {
                        publish(request).onComplete(onCaller);
                      } else {
                        onCaller.handle(outcome);
                      }
                    }));
    return onCaller.future();
  }

  /**
   * Takes up a broadcast that was on air when its node died: it waits for its publisher for {@link
   * LiveConfig#lossGrace}. Listeners are not told; whoever restores adds its reader itself.
   *
   * @param profile what it had before
   * @param mediaEnd where its media ends, from the broadcast's start
   * @return with the current context as its home
   * @throws IllegalStateException when the stream is live already
   */
  public LiveStream restore(
      Broadcast broadcast, StreamProfile profile, ClockMap clock, Duration mediaEnd) {
    Context home = vertx.getOrCreateContext();
    LiveStream stream = create(broadcast, profile, home, new Timeline(clock, mediaEnd.toNanos()));
    if (streams.putIfAbsent(broadcast.stream(), stream) != null) {
      metrics.broadcasts.dec();
      throw new IllegalStateException(broadcast.stream() + " is live already");
    }
    home.runOnContext(v -> stream.waitForPublisher(config.lossGrace(), EndReason.CONNECTION_LOST));
    return stream;
  }

  public Optional<LiveStream> find(StreamKey key) {
    return Optional.ofNullable(streams.get(key));
  }

  /**
   * The last broadcast of a stream that has had media and ended, in this process and not too long
   * ago.
   */
  public Optional<EndedBroadcastHealth> findEnded(StreamKey key) {
    return ended.find(key);
  }

  /** Every broadcast that has not ended, in order of stream. */
  public List<LiveStatus> statuses() {
    return streams.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getValue().status())
        .toList();
  }

  /**
   * Ends a broadcast and its publisher's connection; false when the stream is not live.
   *
   * @return fails with what a reader of its throws at its end; it has ended then too
   */
  public Future<Boolean> end(StreamKey key, EndReason reason) {
    LiveStream stream = streams.get(key);
    if (stream == null) {
      return Future.succeededFuture(false);
    }
    Promise<Boolean> promise = Promise.promise();
    stream
        .home()
        .runOnContext(
            v -> {
              try {
                stream.end(reason);
                promise.complete(true);
              } catch (RuntimeException | Error e) {
                promise.fail(e);
                throw e;
              }
            });
    return promise.future();
  }

  /** The ids of the keys that publishers on air came with. */
  public Set<String> keysOnAir() {
    return streams.values().stream().flatMap(stream -> stream.keys()).collect(Collectors.toSet());
  }

  /**
   * Ends the connections of publishers that came with this key, wherever they are on air. Their
   * broadcasts wait for another publisher as after a lost connection.
   */
  public void dismiss(String key) {
    streams.values().forEach(stream -> stream.home().runOnContext(v -> stream.dismiss(key)));
  }

  /** Ends every broadcast and takes no further publisher. */
  public Future<Void> close() {
    closed = true;
    List<Future<Boolean>> ends = new ArrayList<>();
    streams.keySet().forEach(key -> ends.add(end(key, EndReason.SHUTDOWN)));
    return Future.join(ends).mapEmpty();
  }

  private LiveStream create(
      Broadcast broadcast, StreamProfile profile, Context home, Timeline timeline) {
    metrics.broadcasts.inc();
    metrics.broadcastsStarted.inc();
    return new LiveStream(
        broadcast,
        profile,
        home,
        config,
        wall,
        metrics,
        timeline,
        slate,
        this::changed,
        this::changed,
        () -> forget(broadcast));
  }

  /** On the broadcast's home context; what is wrong with who hears is not the broadcast's. */
  private void changed(LiveStatus now, Optional<EndReason> reason) {
    tell(stateListeners, now.broadcast(), listener -> listener.changed(now, reason));
  }

  private void changed(InputChange change) {
    tell(inputListeners, change.broadcast(), listener -> listener.changed(change));
  }

  private static <L> void tell(List<L> listeners, Broadcast broadcast, Consumer<L> word) {
    for (L listener : listeners) {
      try {
        word.accept(listener);
      } catch (RuntimeException e) {
        LOGGER
            .atError()
            .addKeyValue("stream", broadcast.stream())
            .setCause(e)
            .log("what has become of a broadcast was not taken");
      }
    }
  }

  /** On the broadcast's home context. */
  private void forget(Broadcast broadcast) {
    metrics.broadcasts.dec();
    streams.computeIfPresent(
        broadcast.stream(),
        (key, stream) -> {
          if (!stream.broadcast().equals(broadcast)) {
            return stream;
          }
          // One without tells nothing, and would hide the one before, which is asked about.
          if (stream.hasMedia()) {
            ended.add(new EndedBroadcastHealth(stream.status(), stream.lastHealth()));
          }
          return null;
        });
  }
}
