package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.aacHeader;
import static io.millrace.ingest.rtmp.SampleMedia.avcHeader;
import static io.millrace.ingest.rtmp.SampleMedia.frame;
import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static io.millrace.ingest.rtmp.SampleMedia.join;
import static io.millrace.ingest.rtmp.SampleMedia.sound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.LanguageTag;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which tracks are announced, when, and what changes them. */
class RtmpTracksTest extends MappedStream {
  // RTMP R28
  @Test
  void waitsForTheSecondTrackAndKeepsWhatCameBefore() {
    mapping.video(0, avcHeader());
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, frame(SampleMedia.INTER));
    assertThat(events).isEmpty();
    mapping.audio(30, aacHeader());
    mapping.audio(30, sound());
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 3600", "audio 1440");
  }

  // RTMP R28
  @Test
  void goesOnWithOneTrackAfterTheWait() {
    mapping.audio(0, aacHeader());
    for (int i = 0; i <= 94; i++) {
      mapping.audio(i * 1024 / 48, sound());
    }
    assertThat(kinds().getFirst()).isEqualTo("1 tracks");
    assertThat(samples()).hasSize(95);
  }

  // RTMP R28
  @Test
  void aTrackThatComesLateIsAnnounced() {
    mapping.expect(new StreamMetadata(true, false, Set.of(), Map.of()));
    mapping.video(0, avcHeader());
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(30_000, aacHeader());
    mapping.audio(30_000, sound());
    assertThat(kinds()).containsExactly("1 tracks", "video 0", "2 tracks", "audio 1440000");
  }

  @Test
  void whatStillWaitsAtTheEndGoesOut() {
    mapping.video(0, avcHeader());
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.finish();
    assertThat(kinds()).containsExactly("1 tracks", "video 0");
  }

  // RTMP R28
  @Test
  void videoThatComesLateIsAnnouncedWithItsFirstPicture() {
    mapping.expect(new StreamMetadata(false, true, Set.of(), Map.of()));
    mapping.audio(0, aacHeader());
    mapping.audio(0, sound());
    mapping.video(30_000, avcHeader());
    mapping.audio(30_000, sound());
    mapping.video(30_020, frame(SampleMedia.IDR));
    assertThat(kinds())
        .containsExactly("1 tracks", "audio 0", "audio 1440000", "2 tracks", "video 2701800");
  }

  // RTMP R26
  @Test
  void ignoresRepeatedSequenceHeadersAndAnnouncesChangedOnesOnce() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, avcHeader());
    mapping.audio(40, aacHeader());
    mapping.video(40, frame(SampleMedia.INTER));
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 3600");
    mapping.audio(80, SampleMedia.start(FlvCodec.AAC, SampleMedia.AAC_STEREO));
    mapping.audio(80, sound());
    mapping.audio(103, sound());
    assertThat(kinds()).endsWith("video 3600", "2 tracks", "audio 3528", "audio 4552");
    assertThat(lastTracks().get(1).timescale().ticksPerSecond()).isEqualTo(44_100);
  }

  // RTMP R26
  @Test
  void parameterSetsInThePicturesChangeTheTrackOnlyWhereTheyAreOthers() {
    begin();
    mapping.video(0, frame(join(SampleMedia.AVC_SETS, SampleMedia.IDR)));
    mapping.video(40, frame(join(SampleMedia.SMALL_AVC_SETS, SampleMedia.INTER)));
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 3600");
    mapping.video(80, frame(SampleMedia.IDR));
    mapping.video(120, frame(join(SampleMedia.SMALL_AVC_SETS, SampleMedia.IDR)));
    assertThat(kinds()).endsWith("video 3600", "2 tracks", "video 7200", "video 10800");
    TrackFormat.H264 format = (TrackFormat.H264) lastTracks().getFirst().format();
    assertThat(format.width()).isEqualTo(64);
    assertThat(format.configuration().record()).isEqualTo(SampleMedia.SMALL_AVC);
  }

  // RTMP R26
  @Test
  void aChangedResolutionIsAnnouncedBeforeItsFirstPicture() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, SampleMedia.start(FlvCodec.H264, SampleMedia.SMALL_AVC));
    mapping.audio(40, sound());
    mapping.video(40, frame(SampleMedia.IDR));
    assertThat(kinds())
        .containsExactly("2 tracks", "video 0", "audio 1920", "2 tracks", "video 3600");
    assertThat(((TrackFormat.Video) lastTracks().getFirst().format()).height()).isEqualTo(64);
  }

  // RTMP R26, HLS D1: one change, not two, of which the second would be behind the key frame
  @Test
  void pictureAndSoundThatChangeTogetherAreAnnouncedTogether() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, SampleMedia.start(FlvCodec.H264, SampleMedia.SMALL_AVC));
    mapping.audio(40, SampleMedia.start(FlvCodec.AAC, SampleMedia.AAC_STEREO));
    mapping.video(40, frame(SampleMedia.IDR));
    mapping.audio(40, sound());
    assertThat(kinds())
        .containsExactly("2 tracks", "video 0", "2 tracks", "video 3600", "audio 1764");
    assertThat(((TrackFormat.Video) lastTracks().getFirst().format()).height()).isEqualTo(64);
    assertThat(lastTracks().getLast().timescale().ticksPerSecond()).isEqualTo(44_100);
  }

  // RTMP R26, HLS D1: the same with the sound's configuration behind the first picture
  @Test
  void soundThatChangesBehindTheFirstPictureIsAnnouncedWithIt() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(0, sound());
    mapping.video(40, SampleMedia.start(FlvCodec.H264, SampleMedia.SMALL_AVC));
    mapping.video(40, frame(SampleMedia.IDR));
    mapping.audio(21, sound());
    mapping.video(80, frame(SampleMedia.INTER));
    mapping.audio(40, SampleMedia.start(FlvCodec.AAC, SampleMedia.AAC_STEREO));
    mapping.audio(40, sound());
    assertThat(kinds())
        .containsExactly(
            "2 tracks",
            "video 0",
            "audio 0",
            "audio 1024",
            "2 tracks",
            "video 3600",
            "video 7200",
            "audio 1764");
    assertThat(((TrackFormat.Video) lastTracks().getFirst().format()).height()).isEqualTo(64);
    assertThat(lastTracks().getLast().timescale().ticksPerSecond()).isEqualTo(44_100);
  }

  // RTMP R14, R26: whoever changes its source may change its clock
  @Test
  void soundOfTheClockBeforeSaysNothingOfAChange() {
    begin();
    mapping.video(50_000, frame(SampleMedia.IDR));
    mapping.audio(50_020, sound());
    mapping.video(0, SampleMedia.start(FlvCodec.H264, SampleMedia.SMALL_AVC));
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(50_041, sound());
    mapping.audio(0, SampleMedia.start(FlvCodec.AAC, SampleMedia.AAC_STEREO));
    mapping.audio(0, sound());
    assertThat(kinds().stream().filter(kind -> kind.endsWith("tracks"))).hasSize(2);
    assertThat(kinds()).endsWith("audio 2401984", "2 tracks", "video 0", "audio 0");
  }

  // RTMP R26: sound that stays as it is holds a changed picture up until its next frame
  @Test
  void aPictureThatChangesAloneWaitsForTheNextSoundOnly() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(0, sound());
    mapping.video(40, SampleMedia.start(FlvCodec.H264, SampleMedia.SMALL_AVC));
    mapping.video(40, frame(SampleMedia.IDR));
    assertThat(kinds()).endsWith("audio 0");
    mapping.audio(43, sound());
    assertThat(kinds()).endsWith("audio 0", "2 tracks", "video 3600", "audio 2064");
  }

  // RTMP R28: sound that has stopped is not waited for, and neither is what does not come at all
  @Test
  void aPictureThatChangesWaitsHalfASecondForSoundThatStopped() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(0, sound());
    mapping.video(40, SampleMedia.start(FlvCodec.H264, SampleMedia.SMALL_AVC));
    mapping.video(40, frame(SampleMedia.IDR));
    mapping.video(500, frame(SampleMedia.INTER));
    assertThat(kinds()).endsWith("audio 0");
    mapping.video(540, frame(SampleMedia.INTER));
    assertThat(kinds()).endsWith("2 tracks", "video 3600", "video 45000", "video 48600");

    mapping.video(580, SampleMedia.start(FlvCodec.H264, SampleMedia.AVC));
    mapping.video(580, frame(SampleMedia.IDR));
    mapping.finish();
    assertThat(kinds()).endsWith("2 tracks", "video 52200");
  }

  // RTMP R26
  @Test
  void anotherCodecIsAnotherFormatOfTheSameTrack() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, SampleMedia.start(FlvCodec.H265, SampleMedia.hvcC(SampleMedia.HEVC_SETS)));
    mapping.video(40, frame(FlvCodec.H265, SampleMedia.HEVC_IDR));
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "2 tracks", "video 3600");
    assertThat(lastTracks().getFirst().format().codecs()).startsWith("hvc1.1.6.L30");
  }

  // RTMP R26
  @Test
  void parameterSetsInHevcPicturesChangeTheTrack() {
    mapping.video(0, SampleMedia.start(FlvCodec.H265, SampleMedia.hvcC(SampleMedia.HEVC_SETS)));
    mapping.video(0, frame(FlvCodec.H265, join(SampleMedia.HEVC_SETS, SampleMedia.HEVC_IDR)));
    mapping.video(40, frame(FlvCodec.H265, join(SampleMedia.WIDE_HEVC_SETS, SampleMedia.HEVC_CRA)));
    mapping.finish();
    assertThat(kinds()).containsExactly("1 tracks", "video 0", "1 tracks", "video 3600");
    assertThat(((TrackFormat.Video) lastTracks().getFirst().format()).width()).isEqualTo(320);
  }

  // RTMP R26
  @Test
  void parameterSetsInThePicturesAreEnoughWithoutASequenceHeader() {
    mapping.video(0, frame(SampleMedia.INTER));
    mapping.video(40, frame(join(SampleMedia.SMALL_AVC_SETS, SampleMedia.IDR)));
    mapping.finish();
    assertThat(kinds()).containsExactly("1 tracks", "video 3600");
    assertThat(mapping.skipped()).isEqualTo(1);
  }

  // RTMP R26
  @ParameterizedTest
  @MethodSource("highEfficiencyConfigs")
  void highEfficiencyAacIsCountedInItsCoresRate(String record, String codecs) {
    mapping.audio(0, SampleMedia.start(FlvCodec.AAC, hex(record)));
    mapping.audio(0, sound());
    mapping.audio(42, sound());
    mapping.finish();
    assertThat(kinds()).containsExactly("1 tracks", "audio 0", "audio 1024");
    assertThat(lastTracks().getFirst().format().codecs()).isEqualTo(codecs);
    assertThat(lastTracks().getFirst().timescale().ticksPerSecond()).isEqualTo(24_000);
  }

  /** SBR signalled first, signalled behind a core that any decoder plays, and not signalled. */
  static Stream<Arguments> highEfficiencyConfigs() {
    return Stream.of(
        Arguments.of("2b118800", "mp4a.40.5"),
        Arguments.of("131056e598", "mp4a.40.5"),
        Arguments.of("1310", "mp4a.40.2"));
  }

  // RTMP R31
  @Test
  void furtherAudioTracksAreTracksOfTheirOwnInTheOrderOfTheirIds() {
    mapping.video(0, avcHeader());
    for (int id : new int[] {0, 255, 1}) {
      mapping.audio(0, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AAC, id, SampleMedia.AAC)));
    }
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(0, SampleMedia.sound(255));
    mapping.audio(0, SampleMedia.sound(1));
    assertThat(kinds()).containsExactly("4 tracks", "video 0", "audio 0", "audio 0");
    assertThat(lastTracks()).extracting(track -> track.id().value()).containsExactly(1, 2, 3, 257);
    assertThat(samples()).extracting(sample -> sample.track().value()).containsExactly(1, 257, 3);
  }

  // RTMP R28
  @Test
  void waitsForAudioTracksThatTheMetadataNames() {
    mapping.expect(new StreamMetadata(true, true, Set.of(1), Map.of()));
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    assertThat(events).isEmpty();
    mapping.audio(0, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AAC, 1, SampleMedia.AAC)));
    mapping.audio(0, SampleMedia.sound(1));
    assertThat(kinds()).containsExactly("3 tracks", "video 0", "audio 0");
  }

  @Test
  void soundHasTheLanguageThatTheMetadataNames() {
    mapping.expect(languages(Map.of(0, "en")));
    begin();
    mapping.audio(0, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AAC, 1, SampleMedia.AAC)));
    mapping.expect(languages(Map.of(1, "de")));
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(0, SampleMedia.sound(1));
    assertThat(lastTracks())
        .extracting(track -> track.label().language().map(LanguageTag::value).orElse("none"))
        .containsExactly("none", "en", "de");

    // Named in another way later: only what comes later has it.
    mapping.expect(languages(Map.of(1, "it", 2, "fr")));
    mapping.audio(20, SampleMedia.sound(1));
    mapping.audio(20, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AAC, 2, SampleMedia.AAC)));
    mapping.audio(20, SampleMedia.sound(2));
    assertThat(lastTracks())
        .extracting(track -> track.label().language().map(LanguageTag::value).orElse("none"))
        .containsExactly("none", "en", "de", "fr");
  }

  private static StreamMetadata languages(Map<Integer, String> named) {
    Map<Integer, LanguageTag> languages = new HashMap<>();
    named.forEach((id, language) -> languages.put(id, LanguageTag.of(language)));
    return new StreamMetadata(true, true, Set.of(1), languages);
  }

  // RTMP R31
  @Test
  void aSecondVideoTrackAndANinthAudioTrackAreRefusedWithWords() {
    begin();
    assertThatThrownBy(
            () -> mapping.video(0, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AV1, 1, hex("")))))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("send one video track");
    for (int id = 1; id < 8; id++) {
      mapping.audio(0, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AAC, id, SampleMedia.AAC)));
    }
    assertThatThrownBy(
            () ->
                mapping.audio(
                    0, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AAC, 8, SampleMedia.AAC))))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("more than 8 audio tracks");
  }
}
