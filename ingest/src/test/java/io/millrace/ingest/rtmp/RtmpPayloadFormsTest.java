package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.aacHeader;
import static io.millrace.ingest.rtmp.SampleMedia.frame;
import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.TrackFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Payloads in whatever form they come have one form inside. */
class RtmpPayloadFormsTest extends MappedStream {
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
}
