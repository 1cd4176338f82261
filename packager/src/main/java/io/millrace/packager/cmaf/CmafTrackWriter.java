package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.packager.presentation.Part;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.Header;
import io.millrace.packager.segment.KeyFrame;
import io.millrace.packager.segment.TimedSample;
import io.millrace.packager.segment.TrackWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the samples of one track's open segment and writes them part by part. */
final class CmafTrackWriter implements TrackWriter {
  private final String rendition;
  private final Track track;
  private final Header header;
  private final long partTicks;
  private final Consumer<CutSegment> output;
  private final Optional<Silence> silence;
  private final Set<String> heard;
  private final List<TimedSample> openPart = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final SegmentBytes bytes = new SegmentBytes();
  private long openTicks;
  private long openEnd;
  private boolean hasSync;
  private long sequence;
  private int frames;
  private long framesTicks;
  private @Nullable Sample first;

  /**
   * @param part longest part
   * @param silence for time without samples, once there has been a sample; else it is a gap
   * @param heard renditions that have had samples
   */
  CmafTrackWriter(
      String rendition,
      Track track,
      Duration part,
      Optional<Silence> silence,
      Set<String> heard,
      Consumer<CutSegment> output) {
    this.rendition = rendition;
    this.track = track;
    this.header = InitSegment.of(track);
    this.partTicks = track.timescale().ofNanos(part.toNanos());
    this.output = output;
    this.silence = silence;
    this.heard = heard;
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
  public void cut(Cut cut) {
    if (frames > 0) {
      heard.add(rendition);
    } else if (fills()) {
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
        ? Optional.of(new KeyFrame(track, first))
        : Optional.empty();
  }

  private void closePart() {
    int offset = bytes.length();
    if (offset == 0) {
      bytes.append(Fragment.segmentType());
    }
    sequence++;
    bytes.append(Fragment.write(sequence, track, openPart));
    parts.add(new Part(offset, bytes.length() - offset, openTicks, hasSync));
    openPart.clear();
    openTicks = 0;
    hasSync = false;
  }
}
