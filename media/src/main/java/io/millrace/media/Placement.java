package io.millrace.media;

import io.millrace.config.ValueText;
import io.millrace.media.health.HealthMeter;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Places what successive publishers send on a broadcast's timeline and measures it: timestamps are
 * put right by a {@link SourceTimeline}, runs are placed by a {@link Timeline}, and each run is
 * told of behind its tracks. Confined to the stream's home context, but for {@link #clock}.
 */
final class Placement {
  /** What the stream has to know besides the events. */
  interface Watcher {
    /** The first jump of a publisher's timestamps that became a break. */
    void jumped();

    /** A publisher's run has been told of; its first sample follows. */
    void runStarted();
  }

  private final Clock wall;
  private final LiveMetrics metrics;
  private final Consumer<MediaEvent> out;
  private final Watcher watcher;
  private final Timeline timeline;
  private final SourceTimeline source = new SourceTimeline(this::repaired, new Placing());
  private final HealthMeter meter = new HealthMeter();

  private List<Track> tracks = List.of();
  private boolean hasMedia;
  private boolean jumped;
  private boolean toldOfJump;

  /** Whether what comes is no publisher's, and tells nothing of one. */
  private boolean slate;

  private long lastMediaNanos = System.nanoTime();

  /** When what is being handled came: an event, a tick or the publisher's end. */
  private long handledNanos;

  // Changed by the home context only.
  private volatile ClockMap clock;

  /**
   * @param out is given everything in the broadcast's time, in order
   */
  Placement(
      Timeline timeline,
      Clock wall,
      LiveMetrics metrics,
      Consumer<MediaEvent> out,
      Watcher watcher) {
    this.timeline = timeline;
    this.wall = wall;
    this.metrics = metrics;
    this.out = out;
    this.watcher = watcher;
    this.clock = timeline.clock();
    this.hasMedia = !clock.anchors().isEmpty();
  }

  /** From any thread. */
  ClockMap clock() {
    return clock;
  }

  /** Of the present publisher, or of the last one. */
  List<Track> tracks() {
    return tracks;
  }

  /** Whether the broadcast has shown anything yet. */
  boolean hasMedia() {
    return hasMedia;
  }

  /** Another publisher comes. */
  void publisher() {
    meter.publisher(hasMedia, System.nanoTime());
    toldOfJump = false;
    if (!slate) {
      anew();
    }
  }

  private void anew() {
    timeline.breakRun();
    source.restart();
  }

  /** What comes from now on is a slate of these tracks: a run of its own. */
  void beginSlate(List<Track> shown) {
    flush();
    slate = true;
    anew();
    tracks(new MediaEvent.TracksReady(shown));
  }

  /** What comes from now on is a publisher's again. */
  void endSlate() {
    try {
      flush();
    } finally {
      slate = false;
      anew();
    }
  }

  /** When a publisher's last sample came. */
  long lastMediaNanos() {
    return lastMediaNanos;
  }

  /**
   * The publisher is gone.
   *
   * @param done whether it said that it was done
   */
  void gone(boolean done) {
    meter.gone(done, System.nanoTime());
  }

  /** Whose sound is silence for viewers where it is away. */
  void filled(Predicate<Track> sound) {
    meter.filled(sound);
  }

  void tracks(MediaEvent.TracksReady ready) {
    handledNanos = System.nanoTime();
    source.tracks(ready.tracks());
    tracks = ready.tracks();
    timeline.tracks(tracks);
    if (!slate) {
      meter.tracks(tracks, handledNanos);
    }
    if (timeline.inRun()) {
      out.accept(ready);
    }
  }

  void sample(Sample sample) {
    handledNanos = System.nanoTime();
    noteMedia();
    source.accept(sample, handledNanos);
  }

  /** One that has waited since it came. */
  void sample(Sample sample, long arrivedNanos) {
    handledNanos = System.nanoTime();
    noteMedia();
    source.accept(sample, arrivedNanos);
  }

  private void noteMedia() {
    if (!slate) {
      lastMediaNanos = handledNanos;
    }
  }

  /** The publisher itself says that what follows does not go on from what came. */
  void discontinuity() {
    handledNanos = System.nanoTime();
    source.restart();
    source.tracks(tracks);
    breakRun();
  }

  /** What waits for what would have come next goes out. */
  void flush() {
    handledNanos = System.nanoTime();
    source.flush();
  }

  /** Lets through what has waited too long. Called about once a second. */
  void letThrough() {
    handledNanos = System.nanoTime();
    source.tick(handledNanos);
  }

  /**
   * Compares the clocks and says how the publisher is doing. Called about once a second.
   *
   * @param skipped messages that were of no use so far
   * @param dropped samples that readers were too slow for so far
   */
  StreamHealth measure(long skipped, long dropped) {
    long nowNanos = System.nanoTime();
    Instant now = wall.instant();
    StreamHealth health = meter.tick(now, nowNanos, skipped, dropped);
    if (slate) {
      return health;
    }
    meter
        .quickestNanos()
        .ifPresent(
            quickest -> {
              Instant due = now.plusNanos(meter.mediaNanos() + quickest - nowNanos);
              timeline.heardClock(due, meter.mediaNanos());
              clock = timeline.clock();
            });
    return health;
  }

  /** Takes what has been made of a publisher's timestamps. */
  private final class Placing implements SourceTimeline.Outlet {
    @Override
    public void broken(long arrivedNanos) {
      jumped = true;
      metrics.timestampsBroken.inc();
      breakRun();
      if (!toldOfJump) {
        toldOfJump = true;
        watcher.jumped();
      }
    }

    @Override
    public void sample(Sample sample, long arrivedNanos) {
      if (!timeline.inRun()) {
        startRun(sample, arrivedNanos);
      }
      Sample placed = timeline.place(sample);
      if (!slate) {
        meter.sample(placed, arrivedNanos);
      }
      out.accept(new MediaEvent.SampleReady(placed));
    }
  }

  private void repaired(TimestampRepair repair, int samples) {
    meter.repaired(repair, samples);
    metrics.timestampsRepaired.labelValues(ValueText.word(repair)).inc(samples);
  }

  private void breakRun() {
    timeline.breakRun();
    timeline.tracks(tracks);
  }

  private void startRun(Sample first, long arrivedNanos) {
    timeline.startRun(first, wall.instant().minusNanos(handledNanos - arrivedNanos));
    clock = timeline.clock();
    if (!slate) {
      meter.run(hasMedia, jumped, arrivedNanos);
    }
    jumped = false;
    if (hasMedia) {
      out.accept(new MediaEvent.Discontinuity(clock.anchors().getLast().mediaNanos()));
    }
    hasMedia = true;
    out.accept(new MediaEvent.TracksReady(tracks));
    if (!slate) {
      watcher.runStarted();
    }
  }
}
