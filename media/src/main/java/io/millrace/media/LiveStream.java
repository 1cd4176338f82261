package io.millrace.media;

import io.millrace.config.ValueText;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One broadcast on air: takes events from one publisher at a time, places them on the broadcast's
 * timeline and hands them to every reader. Outlives its publishers for a grace, within which the
 * next publisher goes on in the same broadcast.
 *
 * <p>All state belongs to the home context, the event loop of the first publisher; what others may
 * ask for ({@link #status}, {@link #clock}) are immutable snapshots in volatile fields.
 */
public final class LiveStream {
  private static final Logger LOGGER = LoggerFactory.getLogger(LiveStream.class);
  private static final long PROBE_MILLIS = 50;
  private static final long TICK_MILLIS = 1_000;

  private final Broadcast broadcast;
  private final Context home;
  private final Vertx vertx;
  private final LiveConfig config;
  private final LiveMetrics metrics;
  private final Runnable onEnded;

  private final Readers readers = new Readers();
  private final Placement placement;
  private final Grace grace = new Grace();
  private final Objection objection = new Objection();
  private final HealthRecord health;
  private final StatusRecord status;
  private long ticker = -1;
  private boolean unpublished;
  private long graceTimer = -1;

  // Changed by the home context only.
  private volatile @Nullable Publication publication;

  LiveStream(
      Broadcast broadcast,
      Context home,
      LiveConfig config,
      Clock wall,
      LiveMetrics metrics,
      Timeline timeline,
      StateListener onState,
      Runnable onEnded) {
    this.broadcast = broadcast;
    this.home = home;
    this.vertx = home.owner();
    this.config = config;
    this.metrics = metrics;
    this.placement = new Placement(timeline, wall, metrics, readers::tell, new OnAir());
    this.onEnded = onEnded;
    this.health = new HealthRecord(wall.instant());
    this.status = new StatusRecord(broadcast, wall, onState);
  }

  public Broadcast broadcast() {
    return broadcast;
  }

  /**
   * Sets who says why a track cannot be taken, in words for its publisher: called from any thread,
   * before a publication hands its tracks over. On the home context, before the first publisher is
   * let in.
   */
  public void objectTo(Function<Track, Optional<String>> newObjection) {
    objection.set(newObjection);
  }

  /**
   * Sets whose sound is silence for viewers where it is away; nobody's at first. On the home
   * context.
   */
  public void fillSound(Predicate<Track> filled) {
    placement.filled(filled);
  }

  /**
   * From any thread.
   *
   * @throws UnsupportedMediaException when one of these tracks cannot be taken
   */
  void check(List<Track> wanted) {
    objection.check(wanted);
  }

  /** The event loop that owns this stream. */
  public Context home() {
    return home;
  }

  /** How wall clock and media time belong together. From any thread. */
  public ClockMap clock() {
    return placement.clock();
  }

  /** From any thread. */
  public LiveStatus status() {
    return status.present();
  }

  /** How the publisher is doing, as of a second ago at most. From any thread. */
  public StreamHealth health() {
    return health.present();
  }

  /** The same as it was when the last publisher left. From any thread. */
  StreamHealth lastHealth() {
    return health.last();
  }

  /** Whether a sample has come in this broadcast. On the home context. */
  boolean hasMedia() {
    return placement.hasMedia();
  }

  /**
   * Whether the last publisher has said that it is done and no other has come since, so that the
   * end is to be expected. On the home context.
   */
  public boolean isUnpublished() {
    return unpublished;
  }

  /**
   * Adds a reader. It is told the present tracks first and then everything that follows. On the
   * home context.
   *
   * @param name a low-cardinality word for metrics
   * @param context where {@code consumer} is called; on the home context it is called within the
   *     publisher's own write
   */
  public LiveReader addReader(
      String name, Context context, ReaderLimits limits, Consumer<MediaEvent> consumer) {
    LiveReader reader =
        new LiveReader(home, context, limits, consumer, metrics.samplesDropped.labelValues(name));
    readers.add(reader);
    if (!placement.tracks().isEmpty()) {
      reader.offer(new MediaEvent.TracksReady(placement.tracks()));
    }
    return reader;
  }

  /** Takes a publisher, or refuses it because another one is alive. On the home context. */
  Future<PublishOutcome> admit(PublishRequest request, Context publisherContext) {
    Promise<PublishOutcome> promise = Promise.promise();
    var challenge = new TakeoverChallenge(config.takeoverSilence().toNanos(), System.nanoTime());
    challenge(request, publisherContext, promise, challenge);
    return promise.future();
  }

  private void challenge(
      PublishRequest request,
      Context publisherContext,
      Promise<PublishOutcome> promise,
      TakeoverChallenge challenge) {
    Publication incumbent = publication;
    if (status.isEnded()) {
      promise.fail(new StreamEndedException());
      return;
    }
    if (incumbent == null) {
      promise.complete(accept(request, publisherContext));
      return;
    }
    switch (challenge.judge(incumbent.lastHeardNanos(), System.nanoTime())) {
      case MAKES_ROOM -> {
        about(LOGGER.atInfo())
            .addKeyValue("peer", request.peer())
            .log("a publisher takes the place of a silent one");
        release(incumbent, EndReason.TAKEN_OVER);
        promise.complete(accept(request, publisherContext));
      }
      case IS_ALIVE -> {
        metrics.publishersBusy.inc();
        promise.complete(
            new PublishOutcome.Busy(
                broadcast.stream() + " is already being published from " + status().peer()));
      }
      case OPEN ->
          vertx.setTimer(
              PROBE_MILLIS, id -> challenge(request, publisherContext, promise, challenge));
    }
  }

  private PublishOutcome accept(PublishRequest request, Context publisherContext) {
    cancelGrace();
    unpublished = false;
    Publication accepted = new Publication(this, request, publisherContext);
    publication = accepted;
    placement.publisher();
    startTicking();
    status.accepted(request.protocol(), request.peer());
    about(LOGGER.atInfo())
        .addKeyValue("protocol", request.protocol())
        .addKeyValue("peer", request.peer())
        .log("publisher accepted");
    return new PublishOutcome.Accepted(accepted);
  }

  /**
   * Takes one event of a publisher. On the home context. A publisher whose media a reader cannot
   * handle has to leave: its encoder is told and starts over, instead of sending what nobody shows.
   */
  void write(Publication from, MediaEvent event) {
    if (from != publication) {
      return;
    }
    try {
      take(from, event);
    } catch (RuntimeException e) {
      unusable(from, e);
    }
  }

  private void unusable(Publication from, RuntimeException problem) {
    about(LOGGER.atError()).setCause(problem).log("a publisher's media could not be handled");
    depart(EndReason.MALFORMED);
    from.evict(EndReason.MALFORMED);
  }

  private void take(Publication from, MediaEvent event) {
    switch (event) {
      case MediaEvent.TracksReady ready -> {
        placement.tracks(ready);
        status.tracks(ready.tracks());
      }
      case MediaEvent.SampleReady ready -> placement.sample(ready.sample());
      case MediaEvent.Discontinuity broken -> placement.discontinuity();
      case MediaEvent.Ended ended -> leave(from, ended.reason());
    }
  }

  private final class OnAir implements Placement.Watcher {
    @Override
    public void jumped() {
      about(LOGGER.atInfo()).log("a publisher's timestamps jumped; later jumps are only counted");
    }

    @Override
    public void runStarted() {
      grace.over();
      status.onAir(placement.tracks());
    }
  }

  private void startTicking() {
    if (ticker < 0) {
      ticker = vertx.setPeriodic(TICK_MILLIS, id -> tick());
    }
  }

  /** Once a second: what waits too long is let through, the clocks are compared, health is told. */
  private void tick() {
    try {
      placement.letThrough();
    } catch (RuntimeException e) {
      Publication from = publication;
      if (from != null) {
        unusable(from, e);
      }
    }
    health.measure(placement, publication, readers);
  }

  /**
   * The publisher is gone: a broadcast that has shown anything waits for the next one. On the home
   * context.
   */
  void leave(Publication from, EndReason reason) {
    if (from == publication) {
      letThrough();
      depart(reason);
    }
  }

  /** What waits for what would have come next goes out. */
  private void letThrough() {
    try {
      placement.flush();
    } catch (RuntimeException e) {
      about(LOGGER.atError()).setCause(e).log("a publisher's last media could not be handled");
    }
  }

  private void depart(EndReason reason) {
    forget(reason);
    unpublished = reason == EndReason.UNPUBLISHED;
    metrics.publishersEnded.labelValues(ValueText.word(reason)).inc();
    if (placement.hasMedia()) {
      waitForPublisher(config.graceAfter(reason), reason);
    } else {
      end(reason);
    }
    about(LOGGER.atInfo()).addKeyValue("reason", ValueText.word(reason)).log("publisher gone");
  }

  /**
   * Ends the broadcast unless a publisher comes within the grace. On the home context.
   *
   * @param reason why there is no publisher
   */
  void waitForPublisher(Duration whole, EndReason reason) {
    status.left(LiveState.INTERRUPTED, reason);
    cancelGrace();
    Duration left = grace.waitFor(whole, System.nanoTime());
    graceTimer = vertx.setTimer(Math.max(1, left.toMillis()), id -> end(reason));
  }

  /** Ends the broadcast now. On the home context; does nothing the second time. */
  void end(EndReason reason) {
    if (status.isEnded()) {
      return;
    }
    cancelGrace();
    vertx.cancelTimer(ticker);
    Publication last = publication;
    if (last != null) {
      release(last, reason);
    }
    status.left(LiveState.ENDED, reason);
    metrics.broadcastsEnded.labelValues(ValueText.word(reason)).inc();
    try {
      readers.tell(new MediaEvent.Ended(reason));
    } finally {
      onEnded.run();
    }
    about(LOGGER.atInfo()).addKeyValue("reason", ValueText.word(reason)).log("broadcast ended");
  }

  /**
   * Lets go of a publisher that came with this key; the broadcast waits for the next one. On the
   * home context.
   */
  void dismiss(String key) {
    Publication present = publication;
    if (present != null && present.key().filter(key::equals).isPresent()) {
      leave(present, EndReason.KEY_ENDED);
      present.evict(EndReason.KEY_ENDED);
    }
  }

  /** The id of the key that the present publisher came with. From any thread. */
  Optional<String> key() {
    Publication present = publication;
    return present == null ? Optional.empty() : present.key();
  }

  private void release(Publication evicted, EndReason reason) {
    letThrough();
    forget(reason);
    metrics.publishersEnded.labelValues(ValueText.word(reason)).inc();
    evicted.evict(reason);
  }

  private void forget(EndReason reason) {
    health.gone(publication);
    publication = null;
    placement.gone(reason == EndReason.UNPUBLISHED);
  }

  private void cancelGrace() {
    if (graceTimer >= 0) {
      vertx.cancelTimer(graceTimer);
      graceTimer = -1;
    }
  }

  private LoggingEventBuilder about(LoggingEventBuilder event) {
    return event.addKeyValue("stream", broadcast.stream()).addKeyValue("broadcast", broadcast.id());
  }

  /** The stream ended between being found and being asked; the asker starts over. */
  static final class StreamEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
