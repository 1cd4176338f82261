package io.millrace.packager.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.LanguageTag;
import io.millrace.media.StreamKey;
import io.millrace.media.TrackLabel;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.TestRenditions;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MultivariantPlaylistTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final Rendition PICTURE =
      rendition(new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 24), 2_000_000);

  /** HLS M1: the largest combination that can be played, not the sum of all. */
  @Test
  void theBandwidthIsThatOfThePictureWithItsLargestSound() {
    MultivariantPlaylist.Variant variant =
        written(
                PICTURE,
                sound("audio", "mp4a.40.2", 100_000),
                sound("audio-2", "mp4a.40.2", 300_000))
            .variants()
            .getFirst();

    assertThat(variant.attributes().text("BANDWIDTH")).contains("2300000");
    assertThat(variant.attributes().text("AVERAGE-BANDWIDTH")).contains("2300000");
    assertThat(variant.attributes().text("CODECS")).contains("avc1.64001E,mp4a.40.2");
  }

  /** HLS M1, M4: one variant for each codec of sound, groups of the same members. */
  @Test
  void soundInSeveralCodecsMakesAVariantForEach() {
    MultivariantPlaylist playlist =
        written(PICTURE, sound("audio", "mp4a.40.2", 100_000), sound("audio-2", "opus", 50_000));

    assertThat(playlist.variants())
        .extracting(v -> text(v.attributes(), "CODECS"))
        .containsExactly("avc1.64001E,mp4a.40.2", "avc1.64001E,opus");
    assertThat(playlist.variants())
        .extracting(v -> text(v.attributes(), "AUDIO"))
        .containsExactly("audio", "audio-opus");
    assertThat(playlist.variants())
        .extracting(MultivariantPlaylist.Variant::uri)
        .allMatch(uri -> uri.endsWith("/video/index.m3u8"));
    assertThat(playlist.renditions())
        .extracting(r -> text(r, "GROUP-ID"))
        .containsExactly("audio", "audio-opus");
    assertThat(playlist.renditions()).extracting(r -> text(r, "NAME")).containsOnly("Audio");
    assertThat(playlist.renditions()).extracting(r -> text(r, "DEFAULT")).containsOnly("YES");
    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
  }

  /**
   * HLS M4: groups of different members must not be, so all are in one and every codec is named.
   */
  @Test
  void groupsThatCouldNotHaveTheSameMembersAreOne() {
    MultivariantPlaylist playlist =
        written(
            PICTURE,
            sound("audio", "mp4a.40.2", 100_000),
            sound("audio-2", "mp4a.40.2", 100_000),
            sound("audio-3", "opus", 50_000));

    assertThat(playlist.variants()).hasSize(1);
    assertThat(text(playlist.variants().getFirst().attributes(), "CODECS"))
        .isEqualTo("avc1.64001E,mp4a.40.2,opus");
    assertThat(playlist.renditions())
        .extracting(r -> text(r, "NAME"))
        .containsExactly("Audio", "Audio 2", "Audio 3");
  }

  /** Without a picture the first sound is the variant itself, and so has no address of its own. */
  @Test
  void soundAloneMayHaveOthersBesideIt() {
    MultivariantPlaylist playlist =
        written(sound("audio", "mp4a.40.2", 100_000), sound("audio-2", "mp4a.40.2", 100_000));

    assertThat(playlist.variants().getFirst().uri()).endsWith("/audio/index.m3u8");
    assertThat(text(playlist.variants().getFirst().attributes(), "AUDIO")).isEqualTo("audio");
    assertThat(playlist.renditions())
        .extracting(r -> r.text("URI").isPresent())
        .containsExactly(false, true);
    assertThat(playlist.variants().getFirst().attributes().text("CLOSED-CAPTIONS")).isEmpty();
  }

  /** HLS M3: a stream that is passed through cannot promise it; M5 and M7 wait for the ladder. */
  @Test
  void promisesNothingThatTheSourceMayBreak() {
    String text = MultivariantPlaylistWriter.write(presentation(List.of(PICTURE))).toString();

    assertThat(text).doesNotContain("INDEPENDENT-SEGMENTS").doesNotContain("I-FRAME");
    assertThat(MediaPlaylistWriter.write(presentation(List.of(PICTURE)), PICTURE).toString())
        .doesNotContain("INDEPENDENT-SEGMENTS")
        .doesNotContain("PLAYLIST-TYPE");
  }

  /** HLS B12: no higher version than what is used asks for. */
  @Test
  void theVersionIsTheLeastThatIsNeeded() {
    Rendition withoutHeaders =
        TestRenditions.of(PICTURE.info(), 0, List.of(segment("")), BitRate.NONE);

    assertThat(MediaPlaylistWriter.write(presentation(List.of(PICTURE)), PICTURE).toString())
        .contains("#EXT-X-VERSION:6\n")
        .contains("#EXT-X-MAP:");
    assertThat(
            MediaPlaylistWriter.write(presentation(List.of(withoutHeaders)), withoutHeaders)
                .toString())
        .contains("#EXT-X-VERSION:3\n")
        .doesNotContain("#EXT-X-MAP:");
  }

  // HLS M1, M7
  @Test
  void rungsFollowTheSourceWithTheSameSoundAndSoundAloneIsLast() {
    MultivariantPlaylist playlist =
        written(
            PICTURE,
            rung(480, 854, 900_000),
            rung(240, 426, 300_000),
            sound("audio", "mp4a.40.2", 100_000),
            sound("audio-aac", "mp4a.40.2", 128_000));

    assertThat(playlist.variants())
        .extracting(variant -> variant.uri().replaceFirst("b/[^/]+/", ""))
        .containsExactly(
            "video/index.m3u8",
            "video-480p/index.m3u8",
            "video-240p/index.m3u8",
            "audio-aac/index.m3u8");
    assertThat(playlist.variants())
        .extracting(variant -> text(variant.attributes(), "BANDWIDTH"))
        .containsExactly("2100000", "1000000", "400000", "128000");
    assertThat(playlist.variants())
        .extracting(variant -> text(variant.attributes(), "RESOLUTION"))
        .containsExactly("854x480", "854x480", "426x240", "");
    assertThat(playlist.variants())
        .extracting(variant -> text(variant.attributes(), "AUDIO"))
        .containsExactly("audio", "audio", "audio", "");
    assertThat(playlist.renditions()).hasSize(1);
    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
  }

  // HLS M4
  @Test
  void soundThatIsMadeOfAnotherCodecIsAGroupOfItsOwn() {
    MultivariantPlaylist playlist =
        written(
            PICTURE,
            rung(240, 426, 300_000),
            sound("audio", "opus", 100_000),
            sound("audio-aac", "mp4a.40.2", 128_000));

    assertThat(playlist.variants())
        .extracting(variant -> text(variant.attributes(), "AUDIO"))
        .containsExactly("audio", "audio-mp4a", "audio", "audio-mp4a", "");
    assertThat(playlist.variants())
        .extracting(variant -> text(variant.attributes(), "CODECS"))
        .containsExactly(
            "avc1.64001E,opus",
            "avc1.64001E,mp4a.40.2",
            "avc1.4D4015,opus",
            "avc1.4D4015,mp4a.40.2",
            "mp4a.40.2");
    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
  }

  // HLS M4
  @Test
  void soundHasItsLanguageAndTheFirstOfEachMayBeChosen() {
    MultivariantPlaylist playlist =
        written(
            PICTURE,
            spoken("audio", "en", ""),
            spoken("audio-2", "de", ""),
            spoken("audio-3", "de", "Kommentar & mehr"),
            spoken("audio-4", "de", ""),
            sound("audio-5", "mp4a.40.2", 100_000));

    assertThat(playlist.renditions())
        .extracting(
            r -> text(r, "NAME"),
            r -> text(r, "LANGUAGE"),
            r -> text(r, "DEFAULT"),
            r -> text(r, "AUTOSELECT"))
        .containsExactly(
            tuple("English", "en", "YES", "YES"),
            tuple("Deutsch", "de", "NO", "YES"),
            tuple("Kommentar & mehr", "de", "NO", ""),
            tuple("Deutsch 2", "de", "NO", ""),
            tuple("Audio 5", "", "NO", ""));
    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
  }

  // HLS M4
  @Test
  void captionsHaveTheirLanguages() {
    MultivariantPlaylist playlist =
        written(PICTURE, text("CC1", "en"), text("CC3", "pt-BR"), text("SERVICE1", "en"));

    assertThat(playlist.renditions())
        .extracting(
            r -> text(r, "TYPE") + " " + text(r, "NAME"),
            r -> text(r, "LANGUAGE"),
            r -> text(r, "AUTOSELECT"))
        .containsExactly(
            tuple("CLOSED-CAPTIONS English", "en", "YES"),
            tuple("CLOSED-CAPTIONS Português (Brasil)", "pt-BR", "YES"),
            tuple("CLOSED-CAPTIONS English 2", "en", "NO"),
            tuple("SUBTITLES English", "en", "YES"),
            tuple("SUBTITLES Português (Brasil)", "pt-BR", "YES"),
            tuple("SUBTITLES English 2", "en", "NO"));
    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
  }

  private static Rendition spoken(String name, String language, String called) {
    TrackLabel label =
        new TrackLabel(
            Optional.of(LanguageTag.of(language)), Optional.of(called).filter(it -> !it.isEmpty()));
    return rendition(new RenditionInfo(name, "mp4a.40.2", 0, 0, 2, 0).withLabel(label), 100_000);
  }

  private static Rendition text(String instreamId, String language) {
    return rendition(
        RenditionInfo.text(instreamId, TrackLabel.of(LanguageTag.of(language))), 1_000);
  }

  private static Rendition rung(int lines, int width, long rate) {
    return rendition(
        new RenditionInfo(RenditionInfo.rung(lines), "avc1.4D4015", width, lines, 0, 24), rate);
  }

  private static String text(AttributeList attributes, String name) {
    return attributes.text(name).orElse("");
  }

  private static MultivariantPlaylist written(Rendition... renditions) {
    return (MultivariantPlaylist)
        PlaylistReader.read(
            MultivariantPlaylistWriter.write(presentation(List.of(renditions))).toString());
  }

  private static Presentation presentation(List<Rendition> renditions) {
    Broadcast broadcast =
        new Broadcast(
            new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
            "main",
            new StreamKey("live", "one"),
            START);
    return Presentation.unwritten(broadcast, 3, Optional.empty(), renditions, Optional.empty());
  }

  private static Rendition sound(String name, String codecs, long rate) {
    return rendition(new RenditionInfo(name, codecs, 0, 0, 2, 0), rate);
  }

  private static Rendition rendition(RenditionInfo info, long rate) {
    return TestRenditions.of(
        info,
        0,
        List.of(segment("init-a.mp4")),
        new BitRate(rate, 60 * rate, 60_000_000_000L, List.of()));
  }

  private static Segment segment(String init) {
    return new Segment(
        0,
        1,
        init,
        180_000,
        90_000,
        0,
        START,
        false,
        false,
        true,
        1000,
        List.of(),
        Optional.empty(),
        true);
  }
}
