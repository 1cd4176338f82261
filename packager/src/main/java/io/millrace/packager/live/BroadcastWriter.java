package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.ClockMap;
import io.millrace.media.LiveStream;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.packager.cmaf.Fragment;
import io.millrace.packager.cmaf.InitSegment;
import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.hls.MultivariantPlaylistWriter;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.segment.CmafFormat;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.KeyFrame;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.Segmenter;
import io.millrace.packager.state.BroadcastState;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one broadcast: cuts its media, lists the segments, stores them, and shows what there is.
 * All methods run on the broadcast's home context.
 *
 * <pre>
 *   on air ──Ended──► ended ──keepEnded──► removed
 *     │  ▲
 *     │  └─ media comes again
 *     └─ no media: gaps at the wall clock's pace
 *   fenced by a newer writer: everything stops
 * </pre>
 */
final class BroadcastWriter {
  private static final Logger LOGGER = LoggerFactory.getLogger(BroadcastWriter.class);

  /** How long writes that are under way may hold up the removal. */
  private static final long REMOVE_SECONDS = 30;

  private final LiveStream stream;
  private final Broadcast broadcast;
  private final WriterSetup setup;
  private final int epoch;
  private final String writerName;
  private final PresentationSlot slot;
  private final SegmentStorer storer;
  private final PresentationPublisher publisher;
  private final SegmentFormat format;
  private final Segmenter segmenter;
  private final GapClock gapClock;

  /** By name, the picture first. */
  private final SortedMap<String, RenditionLog> logs =
      new TreeMap<>(java.util.Comparator.<String>reverseOrder());

  private ClockMap.@Nullable Anchor anchor;
  private long mediaEndNanos;
  private long droppedReported;
  private boolean changed;
  private Optional<Instant> endedAt = Optional.empty();
  private boolean stopped;

  /** For a new broadcast. */
  BroadcastWriter(LiveStream stream, WriterSetup setup) {
    this(stream, setup, Resumption.none(setup.store(), stream.broadcast()));
  }

  /** For a broadcast that goes on after a restart. */
  BroadcastWriter(LiveStream stream, WriterSetup setup, Resumption from) {
    this.stream = stream;
    this.broadcast = stream.broadcast();
    this.setup = setup;
    this.epoch = from.epoch();
    this.writerName = from.writer();
    this.slot = setup.presentations().open(broadcast);
    this.storer =
        new SegmentStorer(
            stream.home().owner(),
            setup.store(),
            setup.spool(),
            setup.metrics(),
            ObjectNames.index(broadcast),
            from.epoch() > 1);
    this.publisher =
        new PresentationPublisher(
            stream.home().owner(), slot, from.states(), storer, setup.metrics(), this::fenced);
    from.renditions().forEach(log -> logs.put(log.name(), log));
    this.mediaEndNanos = from.mediaEnd().toNanos();
    this.format = new CmafFormat(setup.rules(), this::segmentCut);
    this.segmenter = new Segmenter(setup.rules(), format, from.targetSeconds(), from.nextMsn());
    Instant now = setup.clock().instant();
    this.gapClock =
        new GapClock(
            now, logs.values().stream().flatMap(log -> log.end().stream()).findFirst().orElse(now));
    if (!logs.isEmpty()) {
      publish();
    }
  }

  Broadcast broadcast() {
    return broadcast;
  }

  LiveStream stream() {
    return stream;
  }

  /** Takes the next event. */
  void accept(MediaEvent event) {
    if (stopped || endedAt.isPresent()) {
      return;
    }
    if (event instanceof MediaEvent.SampleReady) {
      gapClock.mediaCame(setup.clock().instant());
    } else if (event instanceof MediaEvent.Discontinuity) {
      mediaReturns(setup.clock().instant());
    }
    segmenter.accept(event);
    if (event instanceof MediaEvent.TracksReady ready) {
      tracksReady(ready.tracks());
    } else if (event instanceof MediaEvent.Ended) {
      ended();
    }
    if (changed) {
      gapClock.segmentListed(setup.clock().instant());
      publish();
    }
  }

  /**
   * Does what is due.
   *
   * @return false when the broadcast has been removed and the writer is of no more use
   */
  boolean tick(Instant now) {
    if (stopped) {
      return false;
    }
    if (endedAt.isPresent()) {
      return tickEnded(now, endedAt.get());
    }
    if (gapClock.due(now, segmenter.targetSeconds())) {
      listGaps(now);
    }
    logs.values().forEach(log -> log.spareMemory(setup.config().memory()));
    expire(now);
    setup.metrics().samplesDropped(segmenter.dropped() - droppedReported);
    droppedReported = segmenter.dropped();
    return true;
  }

  /**
   * What has ended leaves the memory once the store has it, and the store when its time is over.
   */
  private boolean tickEnded(Instant now, Instant ended) {
    if (logs.isEmpty() || !now.isBefore(ended.plus(setup.config().keepEnded()))) {
      remove();
      return false;
    }
    expire(now);
    if (now.isAfter(ended.plus(setup.config().memory()))
        && logs.values().stream().anyMatch(log -> log.spareMemory(Duration.ZERO))) {
      publish();
    }
    return true;
  }

  private void expire(Instant now) {
    for (RenditionLog log : logs.values()) {
      for (Segment expired : log.expire(now)) {
        setup
            .store()
            .delete(ObjectNames.object(broadcast, log.name(), expired.name()))
            .onFailure(failure -> setup.metrics().storeFailure("delete"));
      }
    }
  }

  /** Waits until the store has what it can get. */
  Future<Void> flush() {
    return storer.drained().compose(v -> publisher.settled());
  }

  /** Waits until the store has the last state, so that what follows from it is shown. */
  Future<Void> shown() {
    return publisher.settled();
  }

  /** Gives up what the store has not taken. */
  void stop() {
    stopped = true;
    storer.stop();
    publisher.stop();
  }

  /** Whether the store keeps up with this broadcast. */
  boolean isStoring() {
    return !storer.isFailing() && !publisher.isLate();
  }

  private void tracksReady(List<Track> tracks) {
    if (!stream.clock().anchors().isEmpty()) {
      anchor = stream.clock().anchors().getLast();
    }
    for (RenditionInfo info :
        format.renditions(tracks.stream().map(BroadcastWriter::describe).toList())) {
      RenditionLog log = logs.get(info.name());
      if (log == null) {
        logs.put(info.name(), new RenditionLog(info, segmenter.nextMsn(), discontinuities()));
      } else if (!log.info().equals(info.withFrameRate(log.info().frameRate()))) {
        log.describe(info);
      }
    }
  }

  /** So many have all renditions had; a new one counts on from there (HLS D4). */
  private long discontinuities() {
    return logs.values().stream().mapToLong(RenditionLog::discontinuities).max().orElse(0);
  }

  private static RenditionInfo describe(Track track) {
    return switch (track.format()) {
      case TrackFormat.Video video ->
          new RenditionInfo("video", video.codecs(), video.width(), video.height(), 0, 0);
      case TrackFormat.Audio audio ->
          new RenditionInfo("audio", audio.codecs(), 0, 0, audio.channels(), 0);
    };
  }

  private void segmentCut(CutSegment cut) {
    RenditionLog log = logs.get(cut.rendition());
    if (log == null) {
      throw new IllegalStateException("a segment of no rendition: " + cut.rendition());
    }
    cut.header().ifPresent(header -> addHeader(log, header));
    Segment segment =
        new Segment(
            cut.msn(),
            epoch,
            cut.header().map(InitSegment::name).orElse(Segment.NO_INIT),
            cut.durationTicks(),
            cut.timescale().ticksPerSecond(),
            wallAt(cut.mediaNanos()),
            cut.discontinuity(),
            cut.gap(),
            cut.independent(),
            cut.bytes().length(),
            cut.parts(),
            cut.gap() ? Optional.empty() : Optional.of(cut.bytes()),
            cut.gap());
    log.append(segment);
    measure(log, cut);
    mediaEndNanos =
        Math.max(mediaEndNanos, cut.mediaNanos() + cut.timescale().toNanos(cut.durationTicks()));
    changed = true;
    if (cut.gap()) {
      setup.metrics().gap("missing");
    } else {
      setup.metrics().segmentCut(log.name(), segment.size());
      cut.keyFrame().ifPresent(key -> log.showStill(still(key)));
      storer
          .store(
              ObjectNames.object(broadcast, log.name(), segment.name()),
              cut.bytes(),
              () -> log.holds(segment.msn()))
          .onSuccess(
              stored -> {
                if (stored) {
                  log.confirm(segment.msn());
                }
              });
    }
  }

  private void addHeader(RenditionLog log, InitSegment header) {
    if (log.addHeader(header.name(), header.bytes())) {
      String key = ObjectNames.object(broadcast, log.name(), header.name());
      storer.store(key, header.bytes(), () -> !stopped);
    }
  }

  private static void measure(RenditionLog log, CutSegment cut) {
    if (log.info().isVideo() && log.info().frameRate() == 0 && cut.frames() > 1) {
      log.describe(
          log.info()
              .withFrameRate(
                  RenditionLog.frameRate(cut.frames(), cut.durationTicks(), cut.timescale())));
    }
  }

  /** A file of one picture that lasts a second. */
  private static Buffer still(KeyFrame key) {
    Timescale timescale = key.timescale();
    Sample alone = new Sample(key.sample().track(), 0, 0, true, key.sample().payload());
    Fragment.TimedSample second = new Fragment.TimedSample(alone, timescale.ticksPerSecond());
    return Buffer.buffer()
        .appendBuffer(key.header().bytes())
        .appendBuffer(Fragment.write(1, timescale, List.of(second)));
  }

  /** By the run's own anchor, so that dates agree with durations within a run (HLS D6). */
  private Instant wallAt(long mediaNanos) {
    ClockMap.Anchor run = anchor;
    return run == null
        ? broadcast.startedAt().plusNanos(mediaNanos)
        : run.wall().plusNanos(mediaNanos - run.mediaNanos());
  }

  /** No media comes: what has come is listed, and gaps for what has not (HLS B8, B9). */
  private void listGaps(Instant now) {
    int seconds = segmenter.targetSeconds();
    int missing;
    if (listRest(now)) {
      missing = stream.isUnpublished() ? 0 : gapClock.whole(now, seconds);
    } else {
      missing = gapClock.missing(now, seconds, stream.isUnpublished());
    }
    appendGaps(now, missing);
  }

  /** Media comes again behind a break: the lost time is listed before it (HLS B9). */
  private void mediaReturns(Instant now) {
    int seconds = segmenter.targetSeconds();
    if (seconds > 0) {
      listRest(now);
      appendGaps(now, gapClock.whole(now, seconds));
    }
    gapClock.mediaReturned(now);
  }

  /** What has come of the open segment; false when that is nothing. */
  private boolean listRest(Instant now) {
    segmenter.interrupt();
    if (!changed) {
      return false;
    }
    gapClock.restListed(now);
    publish();
    return true;
  }

  private void appendGaps(Instant now, int count) {
    if (count == 0 || logs.values().stream().anyMatch(RenditionLog::isEmpty)) {
      return;
    }
    int seconds = segmenter.targetSeconds();
    for (int i = 0; i < count; i++) {
      logs.values().forEach(log -> log.appendGap(seconds, epoch));
      segmenter.skip();
      setup.metrics().gap("interrupted");
    }
    mediaEndNanos += 1_000_000_000L * count * seconds;
    gapClock.gapsListed(now, Duration.ofSeconds((long) count * seconds));
    publish();
  }

  private void ended() {
    endedAt = Optional.of(setup.clock().instant());
    changed = !logs.isEmpty();
  }

  private void publish() {
    changed = false;
    Instant now = setup.clock().instant();
    if (endedAt.isEmpty()) {
      logs.values()
          .forEach(log -> log.trim(setup.config().window(), segmenter.targetSeconds(), now));
    }
    Presentation presentation =
        Presentation.unwritten(
                broadcast,
                segmenter.targetSeconds(),
                logs.values().stream().map(RenditionLog::snapshot).toList(),
                endedAt)
            .written(MediaPlaylistWriter::write, MultivariantPlaylistWriter::write);
    publisher.publish(
        new BroadcastState(
            epoch, writerName, stream.clock(), Duration.ofNanos(mediaEndNanos), presentation));
  }

  private void fenced() {
    LOGGER
        .atError()
        .addKeyValue("stream", broadcast.stream())
        .addKeyValue("broadcast", broadcast.id())
        .addKeyValue("epoch", epoch)
        .log("another server has taken over this broadcast; this one stops writing it");
    stop();
    setup.presentations().remove(slot);
  }

  /** Writes that are under way come first, or they would leave objects behind. */
  private void remove() {
    stopped = true;
    storer.stop();
    setup.presentations().remove(slot);
    flush()
        .timeout(REMOVE_SECONDS, TimeUnit.SECONDS)
        .otherwiseEmpty()
        .onSuccess(
            v -> {
              publisher.stop();
              new BroadcastSweep(setup.store(), setup.metrics()).removeAll(broadcast);
            });
  }
}
