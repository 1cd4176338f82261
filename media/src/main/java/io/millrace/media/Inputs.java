package io.millrace.media;

import io.millrace.media.input.Backlog;
import io.millrace.media.input.Delivered;
import io.millrace.media.input.Joint;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The publishers of one broadcast: the one on air, and beside it the one of the other {@link
 * InputRole}, whose last media waits. Changed by the stream's home context only; {@code nowNanos}
 * is {@link System#nanoTime}.
 *
 * <pre>
 *        nobody ---any publisher---> one on air ---one of the other role---> one on air, one stands by
 *           ^                          ^  |                                     |   |
 *           +-----------gone-----------+--+----------that one is gone-----------+   |
 *                                      ^                                            |
 *                                      +----the one on air is gone or silent: the other one goes on
 * </pre>
 */
final class Inputs {
  /** One that stands by. */
  private record Standby(Publication publication, Backlog backlog) {}

  private final LiveConfig config;
  private volatile @Nullable Publication onAir;
  private volatile @Nullable Standby standby;

  /** Of the input on air, while another one stands by. */
  private @Nullable Delivered delivered;

  /** Where the input on air goes on from the one before; null once it has. */
  private @Nullable Joint joint;

  private volatile LiveInputs present = LiveInputs.NONE;

  Inputs(LiveConfig config) {
    this.config = config;
  }

  /** From any thread. */
  LiveInputs present() {
    return present;
  }

  /** The one on air. From any thread. */
  @Nullable Publication onAir() {
    return onAir;
  }

  /** The one that stands by. From any thread. */
  @Nullable Publication standby() {
    Standby other = standby;
    return other == null ? null : other.publication;
  }

  /** Who publishes in this role. */
  @Nullable Publication holder(InputRole role) {
    return publications().filter(one -> one.input() == role).findFirst().orElse(null);
  }

  /** From any thread. */
  Stream<Publication> publications() {
    return Stream.of(Optional.ofNullable(onAir), Optional.ofNullable(standby()))
        .flatMap(Optional::stream);
  }

  /** The first one: it is on air. */
  void accepted(Publication publication) {
    onAir = publication;
    joint = null;
    delivered = null;
    changed();
  }

  /** The second one stands by. */
  void join(Publication publication, Delivered ofOnAir) {
    standby = new Standby(publication, new Backlog(config.backupAfter()));
    delivered = ofOnAir;
    changed();
  }

  /** The one that stands by is gone. */
  void standbyLeft() {
    standby = null;
    delivered = null;
    changed();
  }

  /** The one on air is gone. */
  void gone() {
    onAir = null;
    joint = null;
    changed();
  }

  /**
   * The input on air sends this.
   *
   * @return whether viewers are to get it
   */
  boolean passes(MediaEvent event, long nowNanos) {
    Joint open = joint;
    if (open != null && event instanceof MediaEvent.SampleReady(Sample sample)) {
      if (open.isOver(nowNanos)) {
        joint = null;
      } else if (!open.takes(sample)) {
        noteMedia(nowNanos);
        return false;
      }
    } else if (open != null
        && open.kind() == Joint.Kind.BREAK
        && event instanceof MediaEvent.TracksReady) {
      // What begins anew may have no pictures to wait for.
      joint = null;
    }
    Delivered came = delivered;
    if (came != null) {
      came.accept(event, nowNanos);
    }
    return true;
  }

  private void noteMedia(long nowNanos) {
    Delivered came = delivered;
    if (came != null) {
      came.heard(nowNanos);
    }
  }

  /** The input that stands by sends this; it waits. */
  void hold(Publication from, MediaEvent event, long nowNanos) {
    Standby other = standby;
    if (other != null && other.publication == from) {
      other.backlog.accept(event, nowNanos);
    }
  }

  /** Whether the other input is to be on air now, and why. */
  Optional<InputChange.Cause> due(long nowNanos) {
    Standby other = standby;
    Delivered came = delivered;
    if (other == null || came == null) {
      return Optional.empty();
    }
    long after = config.backupAfter().toNanos();
    long steady = other.backlog.steadyNanos(config.backupAfter(), nowNanos);
    // Where nothing comes of either, it is this machine or its network.
    if (nowNanos - came.lastMediaNanos() >= after
        && other.backlog.lastNanos() - came.lastMediaNanos() > after / 2
        && other.backlog.isWarm()) {
      return Optional.of(InputChange.Cause.SILENT);
    }
    boolean returns =
        config.primaryReturns() == LiveConfig.PrimaryReturns.SWITCH_BACK
            && other.publication.input() == InputRole.PRIMARY
            && steady >= 2 * after
            && other.backlog.isWarm();
    return returns ? Optional.of(InputChange.Cause.PRIMARY_RETURNED) : Optional.empty();
  }

  /** What a switch has led to. */
  record Switched(Publication now, List<Track> tracks, Joint joint) {}

  /** Puts the input that stands by on air; the other one stands by, where it is still there. */
  Switched switchOver(long nowNanos) {
    Standby other = Objects.requireNonNull(standby);
    Delivered came = Objects.requireNonNull(delivered);
    Joint next = Joint.between(came, other.backlog, nowNanos);
    Publication before = onAir;
    onAir = other.publication;
    joint = next;
    if (before == null) {
      standby = null;
      delivered = null;
    } else {
      Backlog ofBefore = new Backlog(config.backupAfter());
      ofBefore.accept(new MediaEvent.TracksReady(came.tracks()), nowNanos);
      standby = new Standby(before, ofBefore);
      Delivered fresh = new Delivered(other.backlog.tracks(), nowNanos);
      next.replayed()
          .forEach(one -> fresh.accept(new MediaEvent.SampleReady(one.sample()), nowNanos));
      delivered = fresh;
    }
    changed();
    return new Switched(other.publication, other.backlog.tracks(), next);
  }

  private void changed() {
    present =
        new LiveInputs(
            Optional.ofNullable(onAir).map(Publication::input),
            Optional.ofNullable(standby()).map(Publication::input));
  }
}
