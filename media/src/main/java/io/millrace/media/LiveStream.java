package io.millrace.media;

import io.millrace.config.ValueText;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One broadcast on air: takes events from one publisher at a time, places them on the broadcast's
 * timeline and hands them to every reader. Outlives its publishers for a grace, within which the
 * next publisher goes on in the same broadcast. A publisher of the other {@link InputRole} stands
 * by ({@link Inputs}).
 *
 * <p>All state belongs to the home context, the event loop of the first publisher; what others may
 * ask for ({@link #status}, {@link #clock}) are immutable snapshots in volatile fields.
 */
public final class LiveStream {
  private static final Logger LOGGER = LoggerFactory.getLogger(LiveStream.class);
  private static final long TICK_MILLIS = 1_000;

  /**
   * So long after the last media an end that its publisher has announced may take; what fills a
   * silence before it would only delay it.
   */
  public static final Duration ANNOUNCED_END = Duration.ofSeconds(15);

  private final Broadcast broadcast;
  private final StreamProfile profile;
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
  private final Inputs inputs;
  private final SlateShow slate;
  private final Changeover changeover;
  private final Entrance entrance;
  private long ticker = -1;
  private boolean unpublished;
  private long graceTimer = -1;

  LiveStream(
      Broadcast broadcast,
      StreamProfile profile,
      Context home,
      LiveConfig config,
      Clock wall,
      LiveMetrics metrics,
      Timeline timeline,
      Optional<Slate> slate,
      StateListener onState,
      InputListener onInput,
      Runnable onEnded) {
    this.broadcast = broadcast;
    this.profile = profile;
    this.home = home;
    this.vertx = home.owner();
    this.config = config;
    this.metrics = metrics;
    this.placement = new Placement(timeline, wall, metrics, readers::tell, new OnAir());
    this.onEnded = onEnded;
    this.health = new HealthRecord(wall.instant());
    this.status = new StatusRecord(broadcast, wall, onState);
    this.inputs = new Inputs(config);
    this.slate =
        new SlateShow(
            vertx,
            broadcast,
            slate,
            placement,
            config.backupAfter(),
            () -> inputs.standby() != null,
            () -> unpublished);
    this.changeover =
        new Changeover(
            vertx,
            broadcast,
            inputs,
            placement,
            status,
            health,
            this.slate,
            onInput,
            this::unusable);
    this.entrance =
        new Entrance(home, broadcast.stream(), config.takeoverSilence(), metrics, new Admitting());
  }

  public Broadcast broadcast() {
    return broadcast;
  }

  /** What is wanted of it instead of what is configured; the same for the whole broadcast. */
  public StreamProfile profile() {
    return profile;
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

  /** Which input is on air, and which one stands by. From any thread. */
  public LiveInputs inputs() {
    return inputs.present();
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

  /**
   * Takes a publisher, on air or to stand by, or refuses it because another one of its role is
   * alive. On the home context.
   */
  Future<PublishOutcome> admit(PublishRequest request, Context publisherContext) {
    return entrance.admit(request, publisherContext);
  }

  private final class Admitting implements Entrance.House {
    @Override
    public boolean isEnded() {
      return status.isEnded();
    }

    @Override
    public @Nullable Publication holder(InputRole role) {
      return inputs.holder(role);
    }

    @Override
    public void makeRoom(Publication silent, PublishRequest newcomer) {
      about(LOGGER.atInfo())
          .addKeyValue("peer", newcomer.peer())
          .log("a publisher takes the place of a silent one");
      release(silent, EndReason.TAKEN_OVER);
    }

    @Override
    public Publication letIn(PublishRequest request, Context publisherContext) {
      Publication accepted = new Publication(LiveStream.this, request, publisherContext);
      if (inputs.onAir() == null) {
        accept(accepted, request);
      } else {
        changeover.join(accepted);
      }
      return accepted;
    }
  }

  private void accept(Publication accepted, PublishRequest request) {
    cancelGrace();
    unpublished = false;
    inputs.accepted(accepted);
    placement.publisher();
    startTicking();
    slate.watch();
    status.accepted(request.protocol(), request.peer());
    about(LOGGER.atInfo())
        .addKeyValue("protocol", request.protocol())
        .addKeyValue("peer", request.peer())
        .addKeyValue("input", ValueText.word(request.input()))
        .log("publisher accepted");
  }

  /**
   * Takes one event of a publisher. On the home context. A publisher whose media a reader cannot
   * handle has to leave: its encoder is told and starts over, instead of sending what nobody shows.
   */
  void write(Publication from, MediaEvent event) {
    if (from != inputs.onAir()) {
      if (from == inputs.standby()) {
        fromStandby(from, event);
      }
      return;
    }
    try {
      if (inputs.passes(event, System.nanoTime())) {
        take(from, event);
      }
    } catch (RuntimeException e) {
      unusable(from, e);
    }
  }

  private void fromStandby(Publication from, MediaEvent event) {
    if (event instanceof MediaEvent.Ended(EndReason reason)) {
      leave(from, reason);
    } else {
      inputs.hold(from, event, System.nanoTime());
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
        if (slate.yieldsTo(ready)) {
          placement.tracks(ready);
        }
        status.tracks(ready.tracks());
      }
      case MediaEvent.SampleReady ready -> {
        if (slate.yieldsTo(ready)) {
          placement.sample(ready.sample());
        }
      }
      case MediaEvent.Discontinuity broken -> {
        if (slate.yieldsTo(broken)) {
          placement.discontinuity();
        }
      }
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
      Publication from = inputs.onAir();
      if (from != null) {
        unusable(from, e);
      }
    }
    health.measure(placement, inputs.onAir(), readers);
  }

  /**
   * The publisher is gone: a broadcast that has shown anything waits for the next one. On the home
   * context.
   */
  void leave(Publication from, EndReason reason) {
    if (from == inputs.onAir()) {
      if (inputs.standby() == null) {
        letThrough();
      }
      depart(reason);
    } else if (from == inputs.standby()) {
      standbyLeaves(from, reason);
    }
  }

  private void standbyLeaves(Publication from, EndReason reason) {
    metrics.publishersEnded.labelValues(ValueText.word(reason)).inc();
    changeover.left(from);
  }

  /** What waits for what would have come next goes out. */
  private void letThrough() {
    try {
      placement.flush();
    } catch (RuntimeException e) {
      about(LOGGER.atError()).setCause(e).log("a publisher's last media could not be handled");
    }
  }

  /** The publisher on air is gone: the one that stands by goes on, or else nobody does. */
  private void depart(EndReason reason) {
    metrics.publishersEnded.labelValues(ValueText.word(reason)).inc();
    about(LOGGER.atInfo()).addKeyValue("reason", ValueText.word(reason)).log("publisher gone");
    if (inputs.standby() != null) {
      changeover.goOn();
      return;
    }
    forget(reason);
    unpublished = reason == EndReason.UNPUBLISHED;
    if (placement.hasMedia()) {
      waitForPublisher(config.graceAfter(reason), reason);
    } else {
      end(reason);
    }
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
    slate.watch();
    graceTimer = vertx.setTimer(Math.max(1, left.toMillis()), id -> end(reason));
  }

  /** Ends the broadcast now. On the home context; does nothing the second time. */
  void end(EndReason reason) {
    if (status.isEnded()) {
      return;
    }
    cancelGrace();
    vertx.cancelTimer(ticker);
    changeover.stop();
    slate.stop();
    Publication other = inputs.standby();
    if (other != null) {
      release(other, reason);
    }
    Publication last = inputs.onAir();
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
   * Lets go of the publishers that came with this key; without any the broadcast waits for the next
   * one. On the home context.
   */
  void dismiss(String key) {
    List<Publication> theirs =
        inputs
            .publications()
            .filter(one -> one.key().filter(key::equals).isPresent())
            .sorted(Comparator.comparing(one -> one == inputs.onAir()))
            .toList();
    for (Publication one : theirs) {
      leave(one, EndReason.KEY_ENDED);
      one.evict(EndReason.KEY_ENDED);
    }
  }

  /** The ids of the keys that the present publishers came with. From any thread. */
  Stream<String> keys() {
    return inputs.publications().flatMap(one -> one.key().stream());
  }

  /** Makes room for another one, or for the end. */
  private void release(Publication evicted, EndReason reason) {
    if (evicted != inputs.onAir()) {
      standbyLeaves(evicted, reason);
    } else if (inputs.standby() != null) {
      depart(reason);
    } else {
      letThrough();
      forget(reason);
      metrics.publishersEnded.labelValues(ValueText.word(reason)).inc();
    }
    evicted.evict(reason);
  }

  private void forget(EndReason reason) {
    health.gone(inputs.onAir());
    inputs.gone();
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
