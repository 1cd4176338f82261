package io.millrace.media;

import io.millrace.media.input.Lead;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the slate of a broadcast while no media comes, from a second of silence until the next key
 * frame of a publisher: a run of its own, paced by the wall clock. On the stream's home context.
 */
final class SlateShow {
  private static final Logger LOGGER = LoggerFactory.getLogger(SlateShow.class);
  private static final long LOOK_MILLIS = 40;

  /** Before a playlist has to have something new (HLS B8), behind what comes in bursts. */
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Broadcast broadcast;
  private final @Nullable Slate slate;
  private final Placement placement;
  private final Duration besideStandby;
  private final BooleanSupplier hasStandby;
  private final BooleanSupplier unpublished;
  private List<Track> announced = List.of();
  private @Nullable SlateLoop loop;
  private long sinceNanos;
  private long timer = -1;

  /**
   * @param besideStandby how long an input that stands by may take to go on air
   * @param hasStandby whether there is one
   * @param unpublished whether the last publisher has said that it is done
   */
  SlateShow(
      Vertx vertx,
      Broadcast broadcast,
      Optional<Slate> slate,
      Placement placement,
      Duration besideStandby,
      BooleanSupplier hasStandby,
      BooleanSupplier unpublished) {
    this.vertx = vertx;
    this.broadcast = broadcast;
    this.slate = slate.orElse(null);
    this.placement = placement;
    this.besideStandby = besideStandby;
    this.hasStandby = hasStandby;
    this.unpublished = unpublished;
  }

  /** Begins to watch for silence, where there is a slate. */
  void watch() {
    if (slate != null && timer < 0) {
      timer = vertx.setPeriodic(LOOK_MILLIS, id -> look(System.nanoTime()));
    }
  }

  /** The broadcast is over. */
  void stop() {
    vertx.cancelTimer(timer);
    timer = -1;
    loop = null;
  }

  /** What comes next is a publisher's again, whoever could not take the slate. */
  private void fail() {
    stop();
    placement.endSlate();
    placement.tracks(new MediaEvent.TracksReady(announced));
  }

  boolean isShown() {
    return loop != null;
  }

  /** What the publisher on air, or the last one, has said that it sends. */
  List<Track> announced() {
    return announced;
  }

  /**
   * The publisher on air sends this; a key frame ends the slate.
   *
   * @return whether it is to be shown
   */
  boolean yieldsTo(MediaEvent event) {
    if (event instanceof MediaEvent.TracksReady ready) {
      announced = ready.tracks();
    }
    if (loop == null) {
      return true;
    }
    if (event instanceof MediaEvent.SampleReady(Sample sample)
        && sample.sync()
        && sample.track().equals(Lead.of(announced))) {
      end();
      return true;
    }
    return false;
  }

  private void look(long nowNanos) {
    Slate its = slate;
    if (its == null) {
      return;
    }
    try {
      if (loop == null && isDue(nowNanos)) {
        begin(its, nowNanos);
      }
      SlateLoop playing = loop;
      if (playing != null) {
        playing.until(nowNanos - sinceNanos).forEach(placement::sample);
      }
    } catch (RuntimeException e) {
      LOGGER.atError().addKeyValue("stream", broadcast.stream()).setCause(e).log("no slate");
      fail();
    }
  }

  private boolean isDue(long nowNanos) {
    Duration wait =
        unpublished.getAsBoolean()
            ? LiveStream.ANNOUNCED_END
            : hasStandby.getAsBoolean() ? SILENCE.plus(besideStandby) : SILENCE;
    return placement.hasMedia() && nowNanos - placement.lastMediaNanos() >= wait.toNanos();
  }

  /** Shows what there is of the broadcast's own kinds of tracks; pictures, or nothing. */
  private void begin(Slate its, long nowNanos) {
    List<Track> own = placement.tracks();
    List<Track> shown =
        its.tracks().stream()
            .filter(
                track ->
                    own.isEmpty() || own.stream().anyMatch(one -> one.isVideo() == track.isVideo()))
            .toList();
    if (shown.stream().anyMatch(Track::isVideo)) {
      LOGGER.atInfo().addKeyValue("stream", broadcast.stream()).log("the slate is shown");
      placement.beginSlate(shown);
      loop = new SlateLoop(its, shown);
      sinceNanos = nowNanos;
    }
  }

  private void end() {
    LOGGER.atInfo().addKeyValue("stream", broadcast.stream()).log("the slate is over");
    loop = null;
    placement.endSlate();
    placement.tracks(new MediaEvent.TracksReady(announced));
  }
}
