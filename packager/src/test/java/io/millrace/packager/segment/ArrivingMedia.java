package io.millrace.packager.segment;

import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;

import io.millrace.media.MediaEvent;
import io.millrace.media.Track;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongUnaryOperator;

/**
 * Samples that come at times of their own, whatever timestamps they have; and how long each
 * rendition was without a new segment, and how far behind the picture's its listed end was. All
 * times are milliseconds.
 */
final class ArrivingMedia {
  private record Arrival(long at, Track track, long dts, boolean sync) {}

  private static final double PICTURES_PER_SECOND = 24;
  private static final int SOUND = 20;
  private static final int SETTLES = 700;

  private final CutSegments cut;
  private final List<Arrival> arrivals = new ArrayList<>();
  private final Map<String, Long> longestWait = new HashMap<>();
  private long furthestBehind;
  private long breakAt = Long.MAX_VALUE;
  private final Deque<long[]> pictureEnds = new ArrayDeque<>();

  ArrivingMedia(CutSegments cut) {
    this.cut = cut;
  }

  /**
   * 24 pictures a second, in whole milliseconds, in groups of so many whole seconds; negative times
   * of arrival leave them out.
   */
  ArrivingMedia pictures(long until, int group, LongUnaryOperator arrival) {
    for (int i = 0; i * 1000 / PICTURES_PER_SECOND < until; i++) {
      long dts = Math.round(i * 1000 / PICTURES_PER_SECOND);
      add(VIDEO, dts, dts % group == 0, arrival);
    }
    return this;
  }

  /** Frames of sound; likewise. */
  ArrivingMedia sound(long until, LongUnaryOperator arrival) {
    for (long dts = 0; dts < until; dts += SOUND) {
      add(AUDIO, dts, true, arrival);
    }
    return this;
  }

  /** What comes from then on is another run. */
  ArrivingMedia breakAt(long at) {
    breakAt = at;
    return this;
  }

  private void add(Track track, long dts, boolean sync, LongUnaryOperator arrival) {
    long at = arrival.applyAsLong(dts);
    if (at >= 0) {
      arrivals.add(new Arrival(at, track, dts, sync));
    }
  }

  /**
   * Sends everything.
   *
   * @param measuredFrom when measuring how far the sound is behind begins
   */
  void sendTo(Segmenter segmenter, long measuredFrom) {
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    arrivals.sort(Comparator.comparingLong(Arrival::at));
    Map<String, Integer> listed = new HashMap<>();
    Map<String, Long> since = new HashMap<>();
    for (Arrival arrival : arrivals) {
      encoder.at(arrival.at());
      if (arrival.at() >= breakAt) {
        encoder.accept(new MediaEvent.Discontinuity(breakAt * 1_000_000));
        encoder.announce(VIDEO, AUDIO);
        breakAt = Long.MAX_VALUE;
      }
      if (arrival.track().isVideo()) {
        encoder.picture(arrival.dts(), arrival.sync());
      } else {
        encoder.send(AUDIO, arrival.dts(), true, Buffer.buffer("x"));
      }
      for (String rendition : List.of("video", "audio")) {
        int now = cut.of(rendition).size();
        if (now > listed.getOrDefault(rendition, 0)) {
          listed.put(rendition, now);
          since.put(rendition, arrival.at());
        }
        if (now > 0) {
          longestWait.merge(rendition, arrival.at() - since.get(rendition), Math::max);
        }
      }
      long behind = settledEnd(arrival.at()) - end("audio");
      if (arrival.at() >= measuredFrom) {
        furthestBehind = Math.max(furthestBehind, behind);
      }
    }
    encoder.end();
  }

  /** Where the listed pictures ended before the time that others have to make a cut. */
  private long settledEnd(long at) {
    pictureEnds.add(new long[] {at, end("video")});
    while (pictureEnds.size() > 1 && pictureEnds.getFirst()[0] < at - SETTLES) {
      pictureEnds.removeFirst();
    }
    return pictureEnds.getFirst()[1];
  }

  /** How long a rendition was without a new segment at the most. */
  long longestWait(String rendition) {
    return Objects.requireNonNull(longestWait.get(rendition), "no segment of " + rendition);
  }

  /** How far the listed sound was behind the listed pictures for longer than 700 ms at the most. */
  long furthestBehind() {
    return furthestBehind;
  }

  /** Where the listed media of a rendition ends. */
  long end(String rendition) {
    List<CutSegment> segments = cut.of(rendition);
    return segments.isEmpty() ? 0 : end(segments.getLast()) / 1_000_000;
  }

  /** Where a segment ends, in nanoseconds. */
  static long end(CutSegment segment) {
    return segment.mediaNanos() + segment.timescale().toNanos(segment.durationTicks());
  }
}
