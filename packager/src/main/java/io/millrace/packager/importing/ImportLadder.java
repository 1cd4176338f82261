package io.millrace.packager.importing;

import io.millrace.media.MediaEvent;
import io.millrace.media.Track;
import io.millrace.media.TrackLabel;
import io.millrace.packager.ImportFailure;
import io.millrace.packager.RungMaker;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.LeaderTap;
import io.millrace.packager.segment.RungSegmenter;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.SegmentStarts;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.TranscodingWish;
import io.vertx.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rungs of a file: made of its events, and cut beside it. They are waited for, so there is no
 * time here. Confined to one context.
 */
final class ImportLadder implements RungListener {
  /** So many samples of the source may be with the transcoder before the file waits. */
  private static final int MOST_WAITING = 300;

  /** Stands still: nobody is late. */
  private static final Instant NOW = Instant.EPOCH;

  private final Ladder ladder;
  private final Optional<RungMaker> maker;
  private final String name;
  private final Context context;
  private final Duration segmentDuration;
  private final Runnable changed;
  private final Consumer<ImportFailure> failed;
  private final RungSegmenter segmenter;
  private final SegmentStarts starts = new SegmentStarts();
  private @Nullable Track pictures;
  private RungMaker.@Nullable Making making;
  private TrackLabel soundLabel = TrackLabel.NONE;
  private int waiting;
  private boolean over;

  /**
   * @param format writes the rungs' segments
   * @param described hears what the segments of a rung are, before they come
   * @param changed is run when it may go on, or is done
   */
  ImportLadder(
      Ladder ladder,
      Optional<RungMaker> maker,
      String name,
      Context context,
      Duration segmentDuration,
      SegmentFormat format,
      Consumer<RenditionInfo> described,
      IntSupplier targetSeconds,
      Runnable changed,
      Consumer<ImportFailure> failed) {
    this.ladder = ladder;
    this.maker = maker;
    this.name = name;
    this.context = context;
    this.segmentDuration = segmentDuration;
    this.changed = changed;
    this.failed = failed;
    this.segmenter =
        RungSegmenter.patient(
            format,
            new RungSegmenter.Lines() {
              @Override
              public long firstMsn(String line) {
                return 0;
              }

              @Override
              public void describe(String line, Track track, long msn) {
                described.accept(RenditionInfo.of(line, track));
              }
            },
            targetSeconds);
  }

  /** The format through which the source's segments are written, so that rungs are cut with it. */
  SegmentFormat beside(SegmentFormat format) {
    return new LeaderTap(format, List.of(segmenter, starts));
  }

  /**
   * The source's next event, behind its own segmenter.
   *
   * @param sound what the source's first sound is to viewers
   */
  void accept(MediaEvent event, TrackLabel sound) {
    if (event instanceof MediaEvent.TracksReady(var tracks)) {
      pictures = tracks.stream().filter(Track::isVideo).findFirst().orElse(null);
      soundLabel = sound;
      pictures = tracks.stream().filter(Track::isVideo).findFirst().orElse(null);
      if (making == null && ladder.transcodes(tracks)) {
        making =
            maker
                .orElseThrow(
                    () ->
                        new ImportFailure(
                            ImportFailure.Reason.NODE,
                            "there is no transcoder here; import it with the ladder copy"))
                .start(
                    name,
                    context,
                    new TranscodingWish(ladder, segmentDuration, List.of(), true),
                    this);
      }
    }
    boolean isStart = startsSegment(event);
    if (making != null && isStart) {
      making.startSegment();
    }
    if (making != null) {
      waiting += event instanceof MediaEvent.SampleReady ? 1 : 0;
      making.accept(event);
    }
    segmenter.advance(NOW);
  }

  private boolean startsSegment(MediaEvent event) {
    Track of = pictures;
    return event instanceof MediaEvent.SampleReady(var sample)
        && of != null
        && sample.track().equals(of.id())
        && starts.isStart(sample, of);
  }

  @Override
  public void event(Rung rung, MediaEvent event) {
    if (making != null) {
      boolean isSound = rung == Rung.AUDIO;
      segmenter.accept(
          isSound ? RenditionInfo.MADE_SOUND : RenditionInfo.rung(rung.lines()),
          event instanceof MediaEvent.TracksReady(var tracks) && isSound
              ? new MediaEvent.TracksReady(
                  tracks.stream().map(track -> track.withLabel(soundLabel)).toList())
              : event,
          NOW);
    }
  }

  @Override
  public void taken(int unanswered) {
    waiting = unanswered;
    changed.run();
  }

  @Override
  public void over(Optional<String> failure) {
    over = true;
    failure.ifPresent(
        reason ->
            failed.accept(
                new ImportFailure(
                    ImportFailure.Reason.NODE,
                    "its rungs cannot be made: "
                        + reason
                        + "; import it again, or with the ladder copy")));
    changed.run();
  }

  /** Whether the transcoder has enough for now. */
  boolean isFull() {
    return making != null && waiting > MOST_WAITING;
  }

  /** Whether everything has come, once the source has ended. */
  boolean isDone() {
    return making == null || (over && segmenter.isOver());
  }

  /** Samples of rungs that are in no segment. */
  long dropped() {
    return segmenter.dropped();
  }

  void close() {
    RungMaker.Making ends = making;
    making = null;
    if (ends != null) {
      ends.close();
    }
  }
}
