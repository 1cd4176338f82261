package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.metadata.MetadataQueue;
import io.millrace.packager.presentation.Part;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.Header;
import io.millrace.packager.segment.KeyFrame;
import io.millrace.packager.segment.PartOutput;
import io.millrace.packager.segment.SegmentStart;
import io.millrace.packager.segment.TimedSample;
import io.millrace.packager.segment.TrackWriter;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the samples of one track's open segment and writes them part by part.
 *
 * <p>A part of sound ends when the next frame of the same segment is there, or with the segment, so
 * that which part is the next one is always known. Pictures come one by one and each is taken when
 * the next one is in the same segment: their part ends with the last picture that fits, a picture
 * earlier.
 */
final class CmafTrackWriter implements TrackWriter {
  private static final int LEAST_PERCENT = 85;

  private final String rendition;
  private final Track track;
  private final Header header;
  private final long partTicks;
  private final Consumer<CutSegment> output;
  private final PartOutput partOutput;
  private final Optional<Silence> silence;
  private final Set<String> heard;
  private final MetadataQueue metadata;
  private final List<TimedSample> openPart = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final SegmentBytes bytes = new SegmentBytes();
  private long openTicks;
  private long openEnd;
  private boolean hasSync;

  /** Whether the open segment's rest is lost, and how far that is listed. */
  private boolean losing;

  private long lostTicks;
  private long sequence;
  private int frames;
  private long framesTicks;
  private @Nullable Sample first;
  private int keyFrameEnd;

  /**
   * @param part longest part
   * @param silence for time without samples, once there has been a sample; else it is a gap
   * @param heard renditions that have had samples
   * @param metadata what is to come with the samples
   */
  CmafTrackWriter(
      String rendition,
      Track track,
      Duration part,
      Optional<Silence> silence,
      Set<String> heard,
      MetadataQueue metadata,
      Consumer<CutSegment> output,
      PartOutput partOutput) {
    this.rendition = rendition;
    this.track = track;
    this.header = InitSegment.of(track);
    this.partTicks = track.timescale().ofNanos(part.toNanos());
    this.output = output;
    this.partOutput = partOutput;
    this.silence = silence;
    this.heard = heard;
    this.metadata = metadata;
  }

  /** What a decoder needs before its segments. */
  Header header() {
    return header;
  }

  @Override
  public void begin(SegmentStart start) {
    partOutput.begun(rendition, start, header, track.timescale());
  }

  /**
   * The part is cut before a sample that would make it too long, and where samples are missing: it
   * has the time of its first only.
   */
  @Override
  public void add(Sample sample, long duration) {
    boolean isFull = openTicks + duration > partTicks || sample.dts() - openEnd > duration;
    if (!openPart.isEmpty() && isFull) {
      closePart();
    }
    if (first == null) {
      first = sample;
    }
    openPart.add(new TimedSample(sample, duration));
    openTicks += duration;
    openEnd = sample.dts() + duration;
    hasSync |= sample.sync();
    frames++;
    framesTicks += duration;
    if (track.isVideo() && openTicks + duration > partTicks && isLongEnough()) {
      closePart();
    }
  }

  /** HLS L3. */
  private boolean isLongEnough() {
    return openTicks * 100 >= partTicks * LEAST_PERCENT;
  }

  /** Once there has been a sample, be it before a restart. */
  @Override
  public boolean fills() {
    return silence.isPresent() && (frames > 0 || heard.contains(rendition));
  }

  @Override
  public void fill(long fromTicks, long untilTicks) {
    for (TimedSample each : silence.orElseThrow().fill(fromTicks, untilTicks)) {
      add(each.sample(), each.duration());
    }
  }

  @Override
  public void lose(long fromTicks, long untilTicks) {
    if (!openPart.isEmpty()) {
      closePart();
    }
    if (!losing) {
      losing = true;
      lostTicks = fromTicks;
    }
    while (untilTicks - lostTicks >= partTicks) {
      closeGap(partTicks);
    }
  }

  private void closeGap(long ticks) {
    Part gap = new Part(bytes.length(), 0, ticks, false);
    parts.add(gap);
    partOutput.closed(rendition, gap, Buffer.buffer());
    lostTicks += ticks;
  }

  @Override
  public void cut(Cut cut) {
    if (losing) {
      long end = cut.startTicks() + cut.durationTicks();
      lose(lostTicks, end);
      if (end > lostTicks) {
        closeGap(end - lostTicks);
      }
      losing = false;
    }
    if (frames > 0) {
      heard.add(rendition);
    } else if (fills()) {
      begin(new SegmentStart(cut.msn(), cut.mediaNanos(), cut.discontinuity()));
      fill(cut.startTicks(), cut.startTicks() + cut.durationTicks());
    }
    if (!openPart.isEmpty()) {
      closePart();
    }
    output.accept(
        new CutSegment(
            rendition,
            cut.msn(),
            Optional.of(header),
            cut.durationTicks(),
            track.timescale(),
            cut.mediaNanos(),
            cut.discontinuity(),
            first != null && first.sync(),
            bytes.finish(),
            List.copyOf(parts),
            frames,
            framesTicks,
            keyFrame()));
    parts.clear();
    frames = 0;
    framesTicks = 0;
    first = null;
  }

  private Optional<KeyFrame> keyFrame() {
    return track.isVideo() && first != null && first.sync()
        ? Optional.of(new KeyFrame(track, first, keyFrameEnd))
        : Optional.empty();
  }

  /** In nanoseconds. */
  private long presentedUntil() {
    long end = Long.MIN_VALUE;
    for (TimedSample each : openPart) {
      end = Math.max(end, each.sample().pts() + each.duration());
    }
    return track.timescale().toNanos(end);
  }

  /**
   * One sample may last longer than a part may (HLS L3): then it is said to last as long as one. A
   * key frame that a segment starts with is a chunk of its own, which can be asked for without the
   * rest.
   */
  private void closePart() {
    int offset = bytes.length();
    Buffer before = offset == 0 ? Fragment.segmentType() : Buffer.buffer();
    for (TimedMetadata due : metadata.take(rendition, track.isVideo(), presentedUntil())) {
      before.appendBuffer(EventMessage.of(due, track.timescale()));
    }
    Buffer written = Fragment.room(before, openPart);
    int alone = offset == 0 && track.isVideo() && openPart.getFirst().sample().sync() ? 1 : 0;
    if (alone > 0) {
      Fragment.append(written, ++sequence, track, openPart.subList(0, alone));
      keyFrameEnd = written.length();
    }
    if (openPart.size() > alone) {
      Fragment.append(written, ++sequence, track, openPart.subList(alone, openPart.size()));
    }
    bytes.append(written);
    Part part = new Part(offset, written.length(), Math.min(openTicks, partTicks), hasSync);
    parts.add(part);
    partOutput.closed(rendition, part, written);
    openPart.clear();
    openTicks = 0;
    hasSync = false;
  }
}
