package io.millrace.packager.cmaf;

import io.millrace.media.Track;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.packager.metadata.MetadataQueue;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.CutRules;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.PartOutput;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.TrackWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * CMAF: each track is a rendition, its segments are written part by part as the samples come. Where
 * asked for, sound that is away is filled with silence once there has been any, by this writer or
 * an earlier one.
 */
public final class CmafFormat implements SegmentFormat {
  private final CutRules rules;
  private final boolean fillsSilence;
  private final Consumer<CutSegment> output;
  private final PartOutput parts;
  private final Set<String> heard;
  private final MetadataQueue metadata;

  /**
   * Writes gaps where there are no samples.
   *
   * @param output takes each segment
   */
  public CmafFormat(CutRules rules, Consumer<CutSegment> output) {
    this(rules, false, Set.of(), output);
  }

  /** Nobody hears of the segments before they are cut. */
  public CmafFormat(
      CutRules rules, boolean fillsSilence, Set<String> heard, Consumer<CutSegment> output) {
    this(rules, fillsSilence, heard, new MetadataQueue(), output, PartOutput.NONE);
  }

  /**
   * @param fillsSilence whether sound that is away is silence, where that can be made, and no gap
   * @param heard lines that have had samples, before a restart
   * @param metadata what is to come with the samples
   * @param parts hears of each segment while it is open
   */
  public CmafFormat(
      CutRules rules,
      boolean fillsSilence,
      Set<String> heard,
      MetadataQueue metadata,
      Consumer<CutSegment> output,
      PartOutput parts) {
    this.rules = rules;
    this.fillsSilence = fillsSilence;
    this.heard = new HashSet<>(heard);
    this.metadata = metadata;
    this.output = output;
    this.parts = parts;
  }

  @Override
  public TrackWriter open(String line, Track track) {
    Optional<Silence> silence = fillsSilence ? Silence.of(track) : Optional.empty();
    CmafTrackWriter writer =
        new CmafTrackWriter(line, track, rules.part(), silence, heard, metadata, output, parts);
    parts.opened(line, writer.header());
    return writer;
  }

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public long unwrittenBytes() {
    return 0;
  }

  @Override
  public boolean writesDurations() {
    return true;
  }

  @Override
  public boolean listsParts() {
    return parts.isHeard();
  }

  @Override
  public void close(String line) {}

  @Override
  public boolean isShared(String line) {
    return false;
  }

  @Override
  public Optional<String> objection(Track track) {
    try {
      InitSegment.of(track);
      return Optional.empty();
    } catch (UnsupportedMediaException e) {
      return Optional.of(Objects.toString(e.getMessage(), "this track cannot be packaged"));
    }
  }

  @Override
  public boolean fillsSound(Track track) {
    return fillsSilence && Silence.of(track).isPresent();
  }

  @Override
  public List<RenditionInfo> renditions(List<RenditionInfo> tracks) {
    return tracks;
  }
}
