package io.millrace.validator.dash;

import static io.millrace.validator.dash.LiveManifest.read;
import static io.millrace.validator.dash.LiveManifest.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.dash.Manifest.AdaptationSet;
import io.millrace.validator.dash.Manifest.Representation;
import io.millrace.validator.media.Access;
import io.millrace.validator.media.LiveMedia;
import io.millrace.validator.media.MediaSample;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.mp4.Mp4Track;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every rule about files once kept and once broken. */
class FileRulesTest {
  private static final String WHERE = "http://host/live/video/3.m4s";

  // DASH S2
  @Test
  void aFileThatIsNotWhereTheTimelineSaysIsNoticed() {
    assertThat(segment("", "", LiveMedia.segment(3))).isEmpty();
    assertThat(segment("", "", LiveMedia.segment(4))).containsExactly(Rule.DASH_S2);
    assertThat(segment("", "", LiveMedia.part(3, 0))).containsExactly(Rule.DASH_S2);
    assertThat(segment("t=\"0\" d=\"48\"", "t=\"1\" d=\"48\"", LiveMedia.segment(3))).isEmpty();
    assertThat(segment("t=\"0\" d=\"48\"", "t=\"2\" d=\"48\"", LiveMedia.segment(3)))
        .containsExactly(Rule.DASH_S2);
  }

  /** Four pictures of half a second: the first is shown behind the two that follow it. */
  @Test
  void aFileThatIsCutWithinAGroupMayShowOthersFirst() {
    AdaptationSet set = set(" startWithSAP=\"1\"", "");
    SegmentTemplate template = set.representations().getFirst().template().orElseThrow();
    assertThat(
            FileRules.segment(WHERE, set, template, template.segments().get(3), group(156, false)))
        .isEmpty();
    assertThat(
            rules(
                FileRules.segment(
                    WHERE, set, template, template.segments().get(3), group(156, true))))
        .containsExactly(Rule.DASH_S2);
    assertThat(
            rules(
                FileRules.segment(
                    WHERE, set, template, template.segments().get(3), group(140, false))))
        .containsExactly(Rule.DASH_S2);
  }

  private static SegmentMedia group(long firstShown, boolean key) {
    List<MediaSample> samples = new ArrayList<>();
    long[] shown = {firstShown, 132, 136, 168};
    for (int i = 0; i < shown.length; i++) {
      boolean isKey = key && i == 0;
      samples.add(
          new MediaSample(120 + 12 * i, shown[i], 12, 1, isKey, isKey ? Access.KEY : Access.NONE));
    }
    TrackMedia track =
        new TrackMedia(1, TrackFormat.video("vp09.00.10.08", 16, 16), 24, true, samples);
    return new SegmentMedia(List.of(track), List.of());
  }

  // DASH S6
  @Test
  void aFileThatDoesNotStartWithAKeyFrameIsNoticed() {
    byte[] middle = new byte[0];
    for (int part = 1; part < 4; part++) {
      byte[] next = LiveMedia.part(3, part);
      byte[] longer = java.util.Arrays.copyOf(middle, middle.length + next.length);
      System.arraycopy(next, 0, longer, middle.length, next.length);
      middle = longer;
    }
    assertThat(segment("", "", middle)).contains(Rule.DASH_S6);
    assertThat(segment(" startWithSAP=\"1\"", "", middle)).doesNotContain(Rule.DASH_S6);
  }

  // DASH R1
  @Test
  void aHeaderThatIsNotAsDescribedIsNoticed() {
    assertThat(header("", "")).isEmpty();
    assertThat(header("vp09.00.10.08", "vp09.00.20.08")).containsExactly(Rule.DASH_R1);
    assertThat(header("width=\"16\"", "width=\"32\"")).containsExactly(Rule.DASH_R1);
  }

  // DASH S3
  @Test
  void aFileThatIsElsewhereInThePlaylistIsNoticed() {
    Instant at = Instant.parse("2026-11-23T10:00:00.123Z");
    assertThat(FileRules.dates(WHERE, at.plusNanos(1_000_000), at)).isEmpty();
    assertThat(rules(FileRules.dates(WHERE, at.plusNanos(2_000_000), at)))
        .containsExactly(Rule.DASH_S3);
    assertThat(rules(FileRules.dates(WHERE, at.minusNanos(2_000_000), at)))
        .containsExactly(Rule.DASH_S3);
  }

  private static List<Rule> segment(String right, String wrong, byte[] file) {
    AdaptationSet set = set(right, wrong);
    SegmentTemplate template = set.representations().getFirst().template().orElseThrow();
    return rules(
        FileRules.segment(
            WHERE,
            set,
            template,
            template.segments().get(3),
            Mp4Reader.read(LiveMedia.init(), file)));
  }

  private static List<Rule> header(String right, String wrong) {
    Representation said = set(right, wrong).representations().getFirst();
    return rules(FileRules.header(WHERE, said, Mp4Track.read(LiveMedia.init())));
  }

  private static AdaptationSet set(String right, String wrong) {
    String text = LiveManifest.pictures(0, 8).replace(right.isEmpty() ? "\0" : right, wrong);
    return read(text).periods().getFirst().sets().getFirst();
  }
}
