package io.millrace.packager.live;

import io.millrace.media.LiveStream;
import io.millrace.media.MediaEvent;
import io.millrace.media.Track;
import io.millrace.media.TrackLabel;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RungMaker;
import io.millrace.packager.metadata.MetadataQueue;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.LeaderTap;
import io.millrace.packager.segment.RungSegmenter;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.SegmentStarts;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.TranscodingWish;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rungs of one broadcast: has them made of its events, cuts them beside it, and lists their
 * segments. Without a ladder it does nothing. All methods run on the broadcast's home context.
 */
final class LadderWriter {
  /**
   * How long the first rungs may hold back the multivariant playlist, which players read once, and
   * the last ones the end of the broadcast.
   */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /** How long encoders may take for what they hold back, on a busy machine too. */
  private static final Duration DRAIN = Duration.ofSeconds(2);

  /** The source's first sound, of which the sound of a ladder is made. */
  private static final String SOUND = "audio";

  private final LiveStream stream;
  private final WriterSetup setup;
  private final Optional<RungMaker> maker;
  private final RenditionLogs logs;
  private final SegmentListing listing;
  private final PartListing parts;
  private final IntSupplier targetSeconds;
  private final Runnable changed;
  private final RungSegmenter segmenter;
  private final SegmentStarts starts = new SegmentStarts();
  private Set<Rung> wanted = EnumSet.noneOf(Rung.class);
  private TrackLabel soundLabel = TrackLabel.NONE;
  private @Nullable Track pictures;
  private RungMaker.@Nullable Making making;
  private boolean released;
  private @Nullable Instant drainedAt;
  private @Nullable Instant listedSince;
  private @Nullable Instant unshownSince;
  private @Nullable Instant sourceEnded;
  private long droppedReported;

  /**
   * @param metadata what comes in the source's files, and in these
   * @param changed is run when there is something of a rung that may be shown
   */
  LadderWriter(
      LiveStream stream,
      WriterSetup setup,
      Resumption from,
      RenditionLogs logs,
      SegmentListing listing,
      PartListing parts,
      MetadataQueue metadata,
      IntSupplier targetSeconds,
      Runnable changed) {
    this.stream = stream;
    this.setup = setup;
    this.logs = logs;
    this.listing = listing;
    this.parts = parts;
    this.targetSeconds = targetSeconds;
    this.changed = changed;
    this.maker =
        from.container() == PackagerConfig.Container.CMAF ? setup.rungs() : Optional.empty();
    this.released = maker.isEmpty() || !logs.isEmpty();
    this.segmenter =
        new RungSegmenter(
            setup.rungFormat(from, metadata, this::segmentCut, parts), new Lines(), targetSeconds);
  }

  /** The rendition of each line has its name. */
  private final class Lines implements RungSegmenter.Lines {
    @Override
    public long firstMsn(String line) {
      return logs.findLine(line).map(RenditionLog::nextMsn).orElse(0L);
    }

    @Override
    public void describe(String line, Track track, long msn) {
      logs.describe(List.of(RenditionInfo.of(line, track)), msn);
    }
  }

  /** The format through which the source's segments are written, so that rungs are cut with it. */
  SegmentFormat beside(SegmentFormat format) {
    return maker.isEmpty() ? format : new LeaderTap(format, List.of(segmenter, starts));
  }

  /** The source's next event, behind its own segmenter. */
  void accept(MediaEvent event, Instant now) {
    if (maker.isEmpty()) {
      return;
    }
    if (event instanceof MediaEvent.TracksReady(var tracks)) {
      pictures = tracks.stream().filter(Track::isVideo).findFirst().orElse(null);
      soundLabel = stream.profile().labels().of(SOUND).orElseGet(() -> soundLabel(tracks));
      wanted = EnumSet.copyOf(setup.config().ladder().rungsFor(tracks));
      wanted.remove(Rung.COPY);
      if (making == null && !wanted.isEmpty()) {
        making =
            maker
                .get()
                .start(
                    stream.broadcast().stream().toString(),
                    stream.home(),
                    new TranscodingWish(
                        setup.config().ladder(), setup.config().segmentDuration(), List.of()),
                    new Made());
      }
    } else if (event instanceof MediaEvent.Ended) {
      sourceEnded = now;
    }
    drainedAt = null;
    RungMaker.Making to = making;
    boolean isStart = startsSegment(event);
    if (to != null && isStart) {
      to.startSegment();
    }
    if (to != null) {
      to.accept(event);
    }
    segmenter.advance(now);
  }

  private boolean startsSegment(MediaEvent event) {
    Track of = pictures;
    return event instanceof MediaEvent.SampleReady(var sample)
        && of != null
        && sample.track().equals(of.id())
        && starts.isStart(sample, of);
  }

  /**
   * The publisher has said that it is done: what the encoders hold back comes at once, not with the
   * end of the broadcast (HLS L6). Should it come again, that is behind a break of its own.
   *
   * @param mediaNanos where the media ends
   */
  void drain(long mediaNanos, Instant now) {
    RungMaker.Making to = making;
    if (to != null && drainedAt == null) {
      drainedAt = now;
      to.accept(new MediaEvent.Discontinuity(mediaNanos));
    } else if (drainedAt != null && !now.isBefore(drainedAt.plus(DRAIN))) {
      segmenter.level(now);
    }
  }

  /** What is made; what comes behind the end is not listed any more. */
  private final class Made implements RungListener {
    @Override
    public void event(Rung rung, MediaEvent event) {
      if (making != null) {
        segmenter.accept(line(rung), labelled(event), setup.clock().instant());
        changed.run();
      }
    }

    @Override
    public void lost(Rung rung) {
      if (making != null) {
        segmenter.lost(line(rung), setup.clock().instant());
        changed.run();
      }
    }
  }

  /** The sound that is made is in the language of the source's. */
  private MediaEvent labelled(MediaEvent event) {
    return event instanceof MediaEvent.TracksReady(var tracks)
        ? new MediaEvent.TracksReady(
            tracks.stream()
                .map(track -> track.isVideo() ? track : track.withLabel(soundLabel))
                .toList())
        : event;
  }

  private static TrackLabel soundLabel(List<Track> tracks) {
    return tracks.stream()
        .filter(track -> !track.isVideo())
        .findFirst()
        .map(Track::label)
        .orElse(TrackLabel.NONE);
  }

  private static String line(Rung rung) {
    return rung == Rung.AUDIO ? RenditionInfo.MADE_SOUND : RenditionInfo.rung(rung.lines());
  }

  private void segmentCut(CutSegment cut) {
    parts.cut(cut);
    listing.list(cut, targetSeconds.getAsInt());
    if (unshownSince == null) {
      unshownSince = setup.clock().instant();
    }
  }

  /** Time passes. */
  void tick(Instant now) {
    segmenter.advance(now);
    setup.metrics().rungSamplesDropped(segmenter.dropped() - droppedReported);
    droppedReported = segmenter.dropped();
  }

  /** Lists what the source has listed, with what has come; before gaps of all. */
  void level() {
    segmenter.level(setup.clock().instant());
  }

  /** Whether there are segments to be shown: all rungs have made a cut, or one has waited. */
  boolean isToBeShown(Instant now) {
    return unshownSince != null
        && (segmenter.isLevel() || !now.isBefore(unshownSince.plus(Showing.LONGEST_WAIT)));
  }

  /** Everything that is listed is shown. */
  void published() {
    unshownSince = null;
  }

  /**
   * Whether players are not told of the broadcast yet, which has segments, for a rung that is
   * wanted has none: those that come now would never know of it.
   */
  boolean holdsBack(Instant now) {
    if (released) {
      return false;
    }
    if (logs.isComplete() && listedSince == null) {
      listedSince = now;
    }
    released =
        listedSince != null
            && (!now.isBefore(listedSince.plus(PATIENCE)) || wanted.stream().allMatch(this::has));
    return !released;
  }

  /** Whether it was held back, and should not be any more. */
  boolean isToBeReleased(Instant now) {
    return !released && listedSince != null && !holdsBack(now);
  }

  private boolean has(Rung rung) {
    return logs.findLine(line(rung)).filter(log -> !log.isEmpty()).isPresent();
  }

  /** Whether the source has ended, and rungs of it may yet come. */
  boolean isAwaited(Instant now) {
    return making != null
        && sourceEnded != null
        && !segmenter.isOver()
        && now.isBefore(sourceEnded.plus(PATIENCE));
  }

  /** Nothing more is made. */
  void close() {
    RungMaker.Making ends = making;
    making = null;
    released = true;
    if (ends != null) {
      ends.close();
    }
  }
}
