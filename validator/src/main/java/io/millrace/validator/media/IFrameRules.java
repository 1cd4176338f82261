package io.millrace.validator.media;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.Segment;
import java.util.List;
import java.util.Optional;

/**
 * M5: what an I-frame playlist lists is one picture, which is decoded without others (RFC 8216bis
 * 4.4.3.6). Pure.
 */
public final class IFrameRules {
  private IFrameRules() {}

  /**
   * Judges one.
   *
   * @param media what is whole in its byte range
   */
  public static List<Violation> check(String where, Segment segment, SegmentMedia media) {
    List<MediaSample> samples = pictures(media).map(TrackMedia::samples).orElse(List.of());
    String wrong =
        samples.isEmpty()
            ? "no whole picture"
            : !samples.getFirst().isEntry()
                ? "a picture that needs others before it"
                : samples.size() > 1 ? samples.size() + " pictures" : "";
    return wrong.isEmpty()
        ? List.of()
        : List.of(
            new Violation(
                Rule.M5,
                Place.of(where),
                "the range of I-frame %d holds %s".formatted(segment.sequence(), wrong)));
  }

  /** Its track of pictures. */
  public static Optional<TrackMedia> pictures(SegmentMedia media) {
    return media.tracks().stream()
        .filter(track -> track.format().kind() == TrackFormat.Kind.VIDEO)
        .findFirst();
  }
}
