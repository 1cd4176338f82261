package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.aacHeader;
import static io.millrace.ingest.rtmp.SampleMedia.avcHeader;
import static io.millrace.ingest.rtmp.SampleMedia.frame;
import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static io.millrace.ingest.rtmp.SampleMedia.sound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.Discontinuity;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 3600");
    mapping.audio(30, sound());
    assertThat(kinds()).endsWith("audio 1440");
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
    mapping.expect(true, false);
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

  // RTMP R26
  @Test
  void ignoresRepeatedSequenceHeadersAndAnnouncesChangedOnes() {
    begin();
    mapping.video(40, avcHeader());
    mapping.audio(40, aacHeader());
    assertThat(kinds()).containsExactly("2 tracks");
    mapping.audio(40, FlvTags.write(new FlvTag.AacHeader(SampleMedia.AAC_STEREO)));
    assertThat(kinds()).containsExactly("2 tracks", "2 tracks");
    assertThat(events.getLast())
        .satisfies(
            event ->
                assertThat(((TracksReady) event).tracks().get(1).timescale().ticksPerSecond())
                    .isEqualTo(44_100));
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
    mapping.video(0, frame(SampleMedia.INTER));
    mapping.video(15_000, frame(SampleMedia.INTER));
    assertThatThrownBy(() -> mapping.video(15_040, frame(SampleMedia.INTER)))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("no IDR key frame");
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
      fresh.video(0, FlvTags.write(new FlvTag.AvcHeader(record)));
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
  void startCodesAndWrongLengthsAreRefused() {
    begin();
    assertThatThrownBy(() -> mapping.video(0, frame(hex("00000001 658840 00000001 01"))))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("Annex B");
    assertThatThrownBy(() -> mapping.video(0, frame(hex("00000009 658840"))))
        .isInstanceOf(MalformedMediaException.class);
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
