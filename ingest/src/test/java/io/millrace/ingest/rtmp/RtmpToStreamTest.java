package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.aacHeader;
import static io.millrace.ingest.rtmp.SampleMedia.avcHeader;
import static io.millrace.ingest.rtmp.SampleMedia.frame;
import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static io.millrace.ingest.rtmp.SampleMedia.join;
import static io.millrace.ingest.rtmp.SampleMedia.sound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.Discontinuity;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RtmpToStreamTest {
  private final List<MediaEvent> events = new ArrayList<>();
  private final RtmpToStream mapping =
      new RtmpToStream(Duration.ofSeconds(2), Duration.ofSeconds(15), events::add);

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
    mapping.expect(new StreamMetadata(true, false, Set.of()));
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
    mapping.expect(new StreamMetadata(false, true, Set.of()));
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

  // RTMP R26
  @Test
  void anAdtsHeaderIsTakenOffAndIsTheConfigurationWhereThereIsNoOther() {
    mapping.audio(0, hex("af01 fff15080 013ffc 2110 fff15080 011ffc 21"));
    mapping.finish();
    assertThat(kinds()).containsExactly("1 tracks", "audio 0", "audio 1024");
    assertThat(samples()).extracting(Sample::payload).containsExactly(hex("2110"), hex("21"));
    TrackFormat.Aac format = (TrackFormat.Aac) lastTracks().getFirst().format();
    assertThat(format.configuration().record()).isEqualTo(hex("1210"));
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
    mapping.expect(new StreamMetadata(true, true, Set.of(1)));
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    assertThat(events).isEmpty();
    mapping.audio(0, FlvTagWriter.write(new FlvTag.Start(FlvCodec.AAC, 1, SampleMedia.AAC)));
    mapping.audio(0, SampleMedia.sound(1));
    assertThat(kinds()).containsExactly("3 tracks", "video 0", "audio 0");
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

  // RTMP R31
  @Test
  void nanosecondsOfAModifierRefineTheTimes() {
    begin();
    for (int i = 0; i < 60; i++) {
      long nanos = i * 1_001_000_000L / 30;
      FlvTag.Frame frame =
          new FlvTag.Frame(FlvCodec.H264, 0, 0, (int) (nanos % 1_000_000), true, SampleMedia.IDR);
      mapping.video(nanos / 1_000_000, extended(frame));
      assertThat(samples().getLast().dts()).isEqualTo(3003L * i);
    }
  }

  @Test
  void soundIsSampleExactWhileTheMessagesAgree() {
    begin();
    for (int i = 0; i < 200; i++) {
      // Truncated to milliseconds, and jittering by up to 4 ms.
      mapping.audio(100 + i * 1024L / 48 + i % 5, sound());
    }
    List<Sample> audio = samples();
    for (int i = 0; i < 200; i++) {
      assertThat(audio.get(i).dts()).isEqualTo(4800 + 1024L * i);
    }
  }

  @Test
  void soundFollowsARealGap() {
    begin();
    mapping.audio(0, sound());
    mapping.audio(21, sound());
    mapping.audio(200, sound());
    assertThat(kinds()).endsWith("audio 0", "audio 1024", "audio 9600");
  }

  // RTMP R14
  @Test
  void timesGoOutAsTheEncoderSetThem() {
    begin();
    mapping.video(100, frame(SampleMedia.IDR));
    mapping.video(90, frame(SampleMedia.INTER, 80));
    mapping.video(100_000, frame(SampleMedia.INTER));
    mapping.audio(200, sound());
    mapping.audio(20, sound());
    assertThat(kinds())
        .containsExactly(
            "2 tracks", "video 9000", "video 8100", "video 9000000", "audio 9600", "audio 960");
    assertThat(samples().get(1).pts()).isEqualTo(15_300L);
  }

  // RTMP R27
  @Test
  void compositionTimesMayBeNegativeAndRoundingIsRepaired() {
    begin();
    mapping.video(100, frame(SampleMedia.IDR, -1));
    mapping.video(140, frame(SampleMedia.INTER, -40));
    assertThat(samples()).extracting(Sample::compositionOffset).containsExactly(0, -3600);
  }

  // RTMP R30
  @Test
  void aKeyFrameIsWhatTheBitstreamSays() {
    begin();
    mapping.video(0, frame(SampleMedia.INTER));
    mapping.video(40, frame(SampleMedia.IDR));
    assertThat(samples()).extracting(Sample::sync).containsExactly(false, true);
  }

  // RTMP R30
  @Test
  void aStreamWithoutKeyFramesIsRefusedWithWords() {
    begin();
    for (int millis = 0; millis <= 15_000; millis += 500) {
      mapping.video(3_600_000 + millis, frame(SampleMedia.INTER));
    }
    mapping.video(40, frame(SampleMedia.INTER));
    assertThatThrownBy(() -> mapping.video(80, frame(SampleMedia.INTER)))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("no IDR key frame came in 15 s; set");
  }

  // RTMP R30
  @Test
  void gradualRefreshWithoutKeyFramesIsRefusedWithWords() {
    begin();
    Buffer refresh = join(hex("00000004 06060184"), SampleMedia.INTER);
    for (int millis = 0; millis <= 15_000; millis += 500) {
      mapping.video(millis, frame(refresh));
    }
    assertThat(samples()).extracting(Sample::sync).containsOnly(false);
    assertThatThrownBy(() -> mapping.video(15_040, frame(refresh)))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("only recovery points");
  }

  // RTMP R30
  @Test
  void decodingStartsAtIdrAndCraPicturesOfHevc() {
    mapping.video(0, SampleMedia.start(FlvCodec.H265, SampleMedia.hvcC(SampleMedia.HEVC_SETS)));
    mapping.video(0, frame(FlvCodec.H265, SampleMedia.HEVC_INTER));
    mapping.video(40, frame(FlvCodec.H265, SampleMedia.HEVC_IDR));
    mapping.video(80, frame(FlvCodec.H265, SampleMedia.HEVC_CRA));
    mapping.finish();
    assertThat(samples()).extracting(Sample::sync).containsExactly(false, true, true);
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

  // RTMP R29
  @Test
  void shorterNalLengthsBecomeFourBytesInSamplesAndConfiguration() {
    for (int size : new int[] {1, 2}) {
      events.clear();
      RtmpToStream fresh =
          new RtmpToStream(Duration.ofSeconds(2), Duration.ofSeconds(15), events::add);
      Buffer record = SampleMedia.AVC.copy();
      record.setByte(4, (byte) (0xFC | (size - 1)));
      fresh.video(0, SampleMedia.start(FlvCodec.H264, record));
      fresh.audio(0, aacHeader());
      fresh.video(0, frame(hex(size == 1 ? "03658840" : "0003658840")));
      assertThat(samples().getFirst().payload()).isEqualTo(SampleMedia.IDR);
      TrackFormat.H264 format =
          (TrackFormat.H264) ((TracksReady) events.getFirst()).tracks().getFirst().format();
      assertThat(format.configuration().nalLengthSize()).isEqualTo(4);
      assertThat(format.configuration().record()).isEqualTo(SampleMedia.AVC);
    }
  }

  // RTMP R29
  @Test
  void parameterSetsInAMessageOfTheirOwnGoWithTheNextPicture() {
    begin();
    mapping.video(0, frame(hex("00000002 0605")));
    assertThat(samples()).isEmpty();
    mapping.video(0, frame(SampleMedia.IDR));
    assertThat(samples().getFirst().payload()).isEqualTo(hex("00000002 0605 00000003 658840"));
  }

  // RTMP R29
  @Test
  void emptyUnitsAndZerosAtTheEndAreLeftOut() {
    begin();
    mapping.video(0, frame(hex("00000000 00000003 658840 0000")));
    assertThat(samples().getFirst().payload()).isEqualTo(SampleMedia.IDR);
  }

  // RTMP R29
  @Test
  void startCodesWhereLengthsBelongAreConverted() {
    begin();
    mapping.video(0, frame(hex("00000001 0910 000001 658840 00 00000001 06051100000003")));
    assertThat(samples().getFirst().payload())
        .isEqualTo(hex("00000002 0910 00000003 658840 00000007 06051100000003"));
  }

  // RTMP R29
  @Test
  void startCodesInTheSequenceHeaderAreConverted() {
    Buffer sets =
        hex("00000001 6742c00ada109b011000000300100000030320f1226a" + "00000001 68ce3c80");
    mapping.video(0, SampleMedia.start(FlvCodec.H264, sets));
    mapping.video(0, frame(hex("000001 658840")));
    mapping.finish();
    assertThat(samples().getFirst().payload()).isEqualTo(SampleMedia.IDR);
    TrackFormat.H264 format = (TrackFormat.H264) lastTracks().getFirst().format();
    assertThat(format.configuration().record()).isEqualTo(SampleMedia.SMALL_AVC);
  }

  // RTMP R29
  @Test
  void oneBrokenMessageIsSkippedAndCounted() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, frame(hex("00000009 658840")));
    mapping.video(80, hex("1701"));
    mapping.video(120, frame(SampleMedia.INTER));
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 10800");
    assertThat(mapping.skipped()).isEqualTo(2);
  }

  // RTMP R29
  @Test
  void messagesThatAreBrokenForSecondsEndThePublish() {
    begin();
    mapping.audio(0, sound());
    for (int i = 0; i <= 100; i++) {
      mapping.video(i * 50L, frame(hex("00000009 658840")));
      mapping.audio(i * 50L, sound());
    }
    assertThatThrownBy(() -> mapping.video(5050, frame(hex("00000009 658840"))))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("9 bytes goes past the end")
        .hasMessageContaining("restart the encoder");
  }

  // RTMP R29
  @Test
  void aBrokenSequenceHeaderLeavesWhatWasKnown() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, SampleMedia.start(FlvCodec.H264, hex("0164001eff")));
    mapping.video(40, frame(SampleMedia.INTER));
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 3600");
    assertThat(mapping.skipped()).isEqualTo(1);
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

  @Test
  void framesBeforeTheirSequenceHeaderAreSkippedAndCounted() {
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(0, sound());
    assertThat(mapping.skipped()).isEqualTo(2);
    assertThat(events).isEmpty();
  }

  // RTMP R32
  @Test
  void brokenMessagesGiveEventsOrOneOfTwoExceptions() {
    List<Buffer> corpus =
        List.of(
            avcHeader(),
            aacHeader(),
            frame(SampleMedia.IDR),
            frame(hex("00000002 0605 00000003 658840")),
            sound(),
            hex("91 61766331 000000 00000003658840"),
            hex("97 0561616161616101 61766331 000000 00000003658840"),
            hex("91 6d703461 211004"),
            hex("af01 fff15080 00e0fc 21"));
    Seeds.forEach(
        3000,
        random -> {
          RtmpToStream target =
              new RtmpToStream(Duration.ofSeconds(2), Duration.ofSeconds(15), event -> {});
          for (int i = 0; i < 12; i++) {
            Buffer body = corpus.get(i < 2 ? i : random.nextInt(corpus.size())).copy();
            if (random.nextInt(3) == 0) {
              body.setByte(random.nextInt(body.length()), (byte) random.nextInt(256));
            }
            if (random.nextInt(5) == 0) {
              body = body.getBuffer(0, random.nextInt(body.length() + 1));
            }
            try {
              if (random.nextBoolean()) {
                target.video(random.nextLong(1L << 32), body);
              } else {
                target.audio(random.nextLong(1L << 32), body);
              }
            } catch (MalformedMediaException | UnsupportedMediaException e) {
              assertThat(e.getMessage()).isNotBlank();
            }
          }
        });
  }

  private void begin() {
    mapping.video(0, avcHeader());
    mapping.audio(0, aacHeader());
  }

  private List<Track> lastTracks() {
    return events.stream()
        .filter(TracksReady.class::isInstance)
        .map(event -> ((TracksReady) event).tracks())
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  /** The frame behind an extended header with its nanoseconds, as {@link FlvTagWriter} has none. */
  private static Buffer extended(FlvTag.Frame frame) {
    return hex("97 02")
        .appendMedium(frame.nanos())
        .appendByte((byte) 3)
        .appendInt(frame.codec().fourCc())
        .appendBuffer(frame.data());
  }

  private List<Sample> samples() {
    return events.stream()
        .filter(SampleReady.class::isInstance)
        .map(event -> ((SampleReady) event).sample())
        .toList();
  }

  private List<String> kinds() {
    return events.stream()
        .map(
            event ->
                switch (event) {
                  case TracksReady ready -> ready.tracks().size() + " tracks";
                  case SampleReady(Sample sample) ->
                      (sample.track().value() == 1 ? "video " : "audio ") + sample.dts();
                  case Discontinuity _ -> "discontinuity";
                  case MediaEvent.Ended _ -> "ended";
                })
        .toList();
  }
}
