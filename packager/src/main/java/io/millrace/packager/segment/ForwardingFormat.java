package io.millrace.packager.segment;

import io.millrace.media.Track;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.List;
import java.util.Optional;

/** A format that has another one write, and looks at what it is given. */
public abstract class ForwardingFormat implements SegmentFormat {
  private final SegmentFormat format;

  /**
   * @param format writes the segments
   */
  protected ForwardingFormat(SegmentFormat format) {
    this.format = format;
  }

  @Override
  public TrackWriter open(String line, Track track) {
    return format.open(line, track);
  }

  @Override
  public long dropped() {
    return format.dropped();
  }

  @Override
  public long unwrittenBytes() {
    return format.unwrittenBytes();
  }

  @Override
  public boolean writesDurations() {
    return format.writesDurations();
  }

  @Override
  public boolean listsParts() {
    return format.listsParts();
  }

  @Override
  public void close(String line) {
    format.close(line);
  }

  @Override
  public boolean isShared(String line) {
    return format.isShared(line);
  }

  @Override
  public Optional<String> objection(Track track) {
    return format.objection(track);
  }

  @Override
  public boolean fillsSound(Track track) {
    return format.fillsSound(track);
  }

  @Override
  public List<RenditionInfo> renditions(List<RenditionInfo> tracks) {
    return format.renditions(tracks);
  }
}
