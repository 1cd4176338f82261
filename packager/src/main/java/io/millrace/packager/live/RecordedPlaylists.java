package io.millrace.packager.live;

import io.millrace.packager.AssetSource;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.dash.ManifestWriter;
import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.hls.MultivariantPlaylistWriter;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.presentation.Periods;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.AssetRecord;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The playlists and the manifest of a recording.
 *
 * @param lead where players are to start, from its beginning; zero for the beginning
 */
public record RecordedPlaylists(Duration lead) implements Presentation.Playlists {

  /**
   * An asset as it is played: what its broadcast listed, from the first segment on.
   *
   * @param segments by the names of their renditions, in order without holes in the numbers
   * @param cues what its broadcast listed of cue points
   */
  public static Presentation of(
      AssetRecord asset, Map<String, List<Segment>> segments, RecordedCues cues) {
    List<Segment> earliest =
        segments.values().stream()
            .filter(line -> !line.isEmpty())
            .min(Comparator.comparingLong(line -> line.getFirst().msn()))
            .orElse(List.of());
    List<Rendition> renditions = new ArrayList<>();
    for (Rendition described : asset.renditions()) {
      List<Segment> line = segments.getOrDefault(described.name(), List.of());
      if (!line.isEmpty()) {
        // All have had the same discontinuities before a segment (HLS D4).
        long before = discontinuities(earliest, line.getFirst().msn());
        renditions.add(
            new RenditionLog(described.recorded(described.formats(), line, before))
                .snapshot(RenditionLog.FOR_EVER, Duration.ZERO));
      }
    }
    Optional<PeriodStart> first = Periods.first(renditions, Optional.empty());
    return Presentation.unwritten(
            asset.broadcast(),
            asset.targetSeconds(),
            Optional.empty(),
            renditions,
            Optional.of(asset.asset().endedAt()))
        .startingIn(first)
        .withCues(RecordedCueLines.of(cues, renditions, first))
        .written(true, new RecordedPlaylists(lead(asset.asset().source())));
  }

  private static Duration lead(AssetSource source) {
    return switch (source) {
      case AssetSource.Whole _ -> Duration.ZERO;
      case AssetSource.Clip clip -> clip.lead();
    };
  }

  private static long discontinuities(List<Segment> segments, long before) {
    return segments.stream()
        .filter(segment -> segment.msn() < before && segment.discontinuity())
        .count();
  }

  @Override
  public Buffer media(Presentation presentation, Rendition rendition) {
    Buffer playlist = MediaPlaylistWriter.writeRecorded(presentation, rendition);
    return lead.isZero() ? playlist : MediaPlaylistWriter.startingAt(playlist, lead);
  }

  @Override
  public Buffer delta(Presentation presentation, Rendition rendition) {
    return media(presentation, rendition);
  }

  @Override
  public Buffer deltaOfRanges(Presentation presentation, Rendition rendition) {
    return media(presentation, rendition);
  }

  @Override
  public Buffer multivariant(Presentation presentation) {
    return MultivariantPlaylistWriter.write(presentation);
  }

  @Override
  public Buffer manifest(Presentation presentation) {
    return ManifestWriter.write(presentation);
  }
}
