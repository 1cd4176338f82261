package io.millrace.transcoding;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.RungWish;
import io.millrace.transcoding.protocol.WireSample;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way from a source to its transcoder: a part that was sent and is owed an answer,
 * and behind it what waits. When both together are more than {@link Limits} allow, all that waits
 * is dropped and what comes, up to a key frame that comes when the transcoder has caught up by
 * half. Pure; times are media's.
 */
final class SourceQueue {
  /**
   * How much there may be.
   *
   * @param sentSamples that are owed an answer
   * @param sentBytes of these
   * @param behindNanos of media, from the oldest that is owed to the newest that waits
   * @param bytes of all
   */
  record Limits(int sentSamples, long sentBytes, long behindNanos, long bytes) {
    static Limits behind(long nanos) {
      return new Limits(100, 4L << 20, nanos, 64L << 20);
    }

    /** Of a source that waits itself. */
    static Limits none() {
      return new Limits(100, 4L << 20, Long.MAX_VALUE, Long.MAX_VALUE);
    }
  }

  /**
   * Of a sample.
   *
   * @param nanos when it is decoded, without what breaks have leapt over
   */
  private record Size(long nanos, long bytes) {}

  private sealed interface Item {
    record Control(Frame frame) implements Item {}

    record Media(Sample sample, boolean startsSegment, Size size) implements Item {}
  }

  private static final long NOT_DROPPING = Long.MIN_VALUE;

  /** Longer than the groups of pictures that are meant for live streams. */
  private static final long LONGEST_WAIT_NANOS = 12_000_000_000L;

  private final Limits limits;
  private final ArrayDeque<Size> sent = new ArrayDeque<>();
  private final ArrayDeque<Item> waiting = new ArrayDeque<>();
  private long sentBytes;
  private long waitingBytes;
  private int waitingSamples;

  private List<Track> tracks = List.of();
  private Frame.@Nullable Tracks told;
  private boolean dropping;

  /** Whether the next picture starts a segment. */
  private boolean segmentStarts;

  /** Since when it could go on but for a key frame. */
  private long droppingSinceNanos = NOT_DROPPING;

  /** Whether a break is to be told of where it goes on. */
  private boolean broken;

  private long newestNanos;

  /** How far breaks have leapt. */
  private long leapNanos;

  private long dropped;

  SourceQueue(Limits limits) {
    this.limits = limits;
  }

  /** The tracks of what follows, and what is to be made of them. */
  void tracks(List<Track> next, List<RungWish> rungs) {
    tracks = next;
    told = new Frame.Tracks(next.stream().map(WireMedia::track).toList(), rungs);
    control(told);
  }

  void discontinuity(long mediaNanos) {
    leapNanos += mediaNanos - newestNanos;
    newestNanos = mediaNanos;
    control(new Frame.Break(mediaNanos));
  }

  /** The next picture starts a segment. */
  void startSegment() {
    segmentStarts = true;
  }

  void end() {
    waiting.add(new Item.Control(new Frame.End()));
  }

  private void control(Frame frame) {
    if (!dropping) {
      waiting.add(new Item.Control(frame));
    }
  }

  /** A sample of a track that was told. */
  void sample(Sample sample) {
    Track track = trackOf(sample);
    if (track == null) {
      return;
    }
    boolean startsSegment = segmentStarts && track.isVideo();
    segmentStarts &= !startsSegment;
    long nanos = track.timescale().toNanos(sample.dts());
    newestNanos = Math.max(newestNanos, nanos);
    Size size = new Size(nanos - leapNanos, sample.payload().length());
    if (size.bytes > WireSample.LONGEST) {
      dropped++;
      return;
    }
    if (!dropping && isOver(size)) {
      dropWaiting();
      dropping = true;
      broken = true;
    }
    if (dropping && !(hasCaughtUp(size) && (isEntryPoint(track, sample) || waitsInVain(size)))) {
      dropped++;
      return;
    }
    if (dropping) {
      goOn(size);
    }
    waiting.add(new Item.Media(sample, startsSegment, size));
    waitingSamples++;
    waitingBytes += size.bytes;
  }

  private void goOn(Size first) {
    dropping = false;
    droppingSinceNanos = NOT_DROPPING;
    if (broken) {
      waiting.add(new Item.Control(new Frame.Break(first.nanos + leapNanos)));
    }
    broken = false;
    if (told != null) {
      waiting.add(new Item.Control(told));
    }
  }

  private boolean isOver(Size next) {
    return behind(next) > limits.behindNanos
        || sentBytes + waitingBytes + next.bytes > limits.bytes;
  }

  private boolean hasCaughtUp(Size next) {
    return behind(next) <= limits.behindNanos / 2 && waiting.isEmpty();
  }

  private long behind(Size next) {
    Size oldest = sent.peekFirst();
    if (oldest == null) {
      for (Item item : waiting) {
        if (item instanceof Item.Media media) {
          oldest = media.size;
          break;
        }
      }
    }
    return oldest == null ? 0 : next.nanos - oldest.nanos;
  }

  /** Some sources have no key frames at all; decoders find their way into them by themselves. */
  private boolean waitsInVain(Size next) {
    if (droppingSinceNanos == NOT_DROPPING) {
      droppingSinceNanos = next.nanos;
    }
    return next.nanos - droppingSinceNanos > LONGEST_WAIT_NANOS;
  }

  private boolean isEntryPoint(Track track, Sample sample) {
    return sample.sync() && (track.isVideo() || tracks.stream().noneMatch(Track::isVideo));
  }

  private @Nullable Track trackOf(Sample sample) {
    for (Track track : tracks) {
      if (track.id().equals(sample.track())) {
        return track;
      }
    }
    return null;
  }

  private void dropWaiting() {
    dropped += waitingSamples;
    waiting.clear();
    waitingSamples = 0;
    waitingBytes = 0;
  }

  /** The next frame that may be sent now. */
  @Nullable Frame poll() {
    Item next = waiting.peekFirst();
    boolean full = sent.size() >= limits.sentSamples || sentBytes >= limits.sentBytes;
    if (next == null || (next instanceof Item.Media && full)) {
      return null;
    }
    waiting.removeFirst();
    return switch (next) {
      case Item.Control(var frame) -> frame;
      case Item.Media(var sample, boolean startsSegment, var size) -> {
        sent.addLast(size);
        sentBytes += size.bytes;
        waitingSamples--;
        waitingBytes -= size.bytes;
        yield new Frame.SourceSample(WireMedia.sample(sample), startsSegment);
      }
    };
  }

  /** So many more samples are done with. */
  void answered(long samples) {
    for (long i = 0; i < samples && !sent.isEmpty(); i++) {
      sentBytes -= sent.removeFirst().bytes;
    }
  }

  /** Samples that are owed an answer, or wait. */
  int unanswered() {
    return sent.size() + waitingSamples;
  }

  /** Whether an answer is owed. */
  boolean isOwed() {
    return !sent.isEmpty();
  }

  /** Whoever was sent to is gone: what it had is lost, and the next one begins at a key frame. */
  void restart() {
    dropped += sent.size();
    sent.clear();
    sentBytes = 0;
    dropWaiting();
    dropping = true;
    // Its successor knows of nothing that could be broken.
    broken = false;
  }

  /** Samples that were never, or in vain, sent. */
  long dropped() {
    return dropped;
  }
}
