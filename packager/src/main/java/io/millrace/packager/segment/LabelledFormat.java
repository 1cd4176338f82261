package io.millrace.packager.segment;

import io.millrace.media.Track;
import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.List;

/**
 * A format whose tracks are to viewers what their stream's profile says, where it says something;
 * else what their publisher says.
 */
public final class LabelledFormat extends ForwardingFormat {
  private final TrackLabels labels;

  /**
   * @param labels of the profile, by the names of lines
   */
  public LabelledFormat(SegmentFormat format, TrackLabels labels) {
    super(format);
    this.labels = labels;
  }

  @Override
  public TrackWriter open(String line, Track track) {
    return super.open(line, track.withLabel(of(line, track.label())));
  }

  @Override
  public List<RenditionInfo> renditions(List<RenditionInfo> tracks) {
    return super.renditions(
        tracks.stream().map(info -> info.withLabel(of(info.name(), info.label()))).toList());
  }

  private TrackLabel of(String line, TrackLabel told) {
    return labels.of(line).orElse(told);
  }
}
