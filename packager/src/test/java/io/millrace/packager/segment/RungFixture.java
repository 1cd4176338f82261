package io.millrace.packager.segment;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.CmafFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * A broadcast with one rung of its pictures: a segmenter, what follows it, and something that
 * behaves as a transcoder does: each picture comes out again, some time later, decoded when the
 * source's was, and is a key frame where the source's is or a segment starts; while it is dead what
 * comes is lost, and then it goes on with a key frame.
 */
final class RungFixture {
  static final String RUNG = "video-240p";

  private record Coming(Instant at, MediaEvent event) {}

  private final List<CutSegment> cut = new ArrayList<>();
  private final List<CutSegment> rungCut = new ArrayList<>();
  private final List<Sample> delivered = new ArrayList<>();
  private final Map<String, Long> described = new HashMap<>();
  private final Deque<Coming> coming = new ArrayDeque<>();
  private final Map<Integer, Timescale> timescales = new HashMap<>();
  private final Segmenter segmenter;
  private final RungSegmenter rungs;
  private final SegmentStarts starts = new SegmentStarts();
  private final Duration lag;
  private final LongPredicate dead;
  private long nowNanos;
  private boolean wasDead;
  private List<Track> tracks = List.of();
  private Optional<Track> told = Optional.empty();

  /**
   * @param lag from when a picture comes to when it comes out again
   * @param dead whether the transcoder is not there, at a time in nanoseconds
   */
  RungFixture(Duration lag, LongPredicate dead) {
    this(lag, dead, true);
  }

  /** One in which nothing follows the source. */
  static RungFixture alone() {
    return new RungFixture(Duration.ZERO, _ -> true, false);
  }

  private RungFixture(Duration lag, LongPredicate dead, boolean follows) {
    this.lag = lag;
    this.dead = dead;
    CutRules rules = new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));
    Segmenter[] of = new Segmenter[1];
    rungs =
        new RungSegmenter(
            new CmafFormat(rules, rungCut::add),
            new RungSegmenter.Lines() {
              @Override
              public long firstMsn(String line) {
                return 0;
              }

              @Override
              public void describe(String line, Track track, long msn) {
                described.putIfAbsent(line, msn);
              }
            },
            () -> of[0].targetSeconds());
    SegmentFormat format = new CmafFormat(rules, cut::add);
    of[0] = new Segmenter(rules, follows ? new LeaderTap(format, List.of(rungs, starts)) : format);
    segmenter = of[0];
  }

  /** The source's next event, at the pace of the media. */
  void accept(MediaEvent event) {
    switch (event) {
      case MediaEvent.TracksReady(var next) -> {
        tracks = next;
        next.forEach(track -> timescales.put(track.id().value(), track.timescale()));
      }
      case MediaEvent.SampleReady(var sample) ->
          nowNanos =
              Math.max(nowNanos, timescales.get(sample.track().value()).toNanos(sample.dts()));
      case MediaEvent.Discontinuity(long mediaNanos) -> lose(mediaNanos - nowNanos);
      case MediaEvent.Ended _ -> {}
    }
    deliver(now());
    segmenter.accept(event, now());
    transcode(event);
    rungs.advance(now());
  }

  void acceptAll(List<MediaEvent> events) {
    events.forEach(this::accept);
  }

  void end() {
    accept(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    deliver(Instant.MAX);
  }

  /** Time passes without media, of which gaps are listed if it is long. */
  private void lose(long nanos) {
    long until = nowNanos + Math.max(0, nanos);
    while (nowNanos < until) {
      nowNanos = Math.min(until, nowNanos + 250_000_000L);
      deliver(now());
      rungs.advance(now());
    }
    if (nanos * 2 >= 1_000_000_000L * segmenter.targetSeconds()) {
      segmenter.interrupt();
      rungs.level(now());
    }
  }

  private Instant now() {
    return Instant.ofEpochSecond(0, nowNanos);
  }

  private void deliver(Instant until) {
    while (!coming.isEmpty() && !coming.getFirst().at().isAfter(until)) {
      Coming next = coming.removeFirst();
      if (next.event() instanceof MediaEvent.SampleReady(var sample)) {
        delivered.add(sample);
      }
      rungs.accept(RUNG, next.event(), next.at());
    }
  }

  private void transcode(MediaEvent event) {
    boolean isDead = dead.test(nowNanos);
    if (isDead && !wasDead) {
      coming.clear();
    }
    wasDead |= isDead;
    switch (event) {
      case MediaEvent.SampleReady(var sample) -> picture(sample, isDead);
      case MediaEvent.TracksReady _ -> {}
      case MediaEvent.Discontinuity _ -> {
        send(event);
        told = Optional.empty();
      }
      case MediaEvent.Ended _ -> send(event);
    }
  }

  private void send(MediaEvent event) {
    coming.addLast(new Coming(now().plus(lag), event));
  }

  private void picture(Sample sample, boolean isDead) {
    Track track = tracks.stream().filter(Track::isVideo).findFirst().orElse(null);
    if (track == null || !track.id().equals(sample.track())) {
      return;
    }
    boolean isKey = starts.isStart(sample, track) || sample.sync();
    if (isDead || (wasDead && !sample.sync())) {
      return;
    }
    if (wasDead) {
      send(new MediaEvent.Discontinuity(0));
    }
    wasDead = false;
    if (!told.equals(Optional.of(track))) {
      told = Optional.of(track);
      send(new MediaEvent.TracksReady(List.of(track)));
    }
    Sample out =
        new Sample(
            sample.track(),
            sample.dts(),
            sample.compositionOffset() - (sample.sync() ? 0 : 1),
            isKey,
            Buffer.buffer().appendInt(4).appendInt(isKey ? 0x65880000 : 0x41880000));
    send(new MediaEvent.SampleReady(out));
  }

  /** What was cut of the source's pictures. */
  List<CutSegment> source() {
    return cut.stream().filter(segment -> segment.rendition().equals("video")).toList();
  }

  /** All of the source's. */
  List<CutSegment> cut() {
    return cut;
  }

  /** What was cut of the rung. */
  List<CutSegment> rung() {
    return rungCut;
  }

  /** What has come of the rung. */
  List<Sample> delivered() {
    return delivered;
  }

  RungSegmenter rungs() {
    return rungs;
  }

  int targetSeconds() {
    return segmenter.targetSeconds();
  }
}
