package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.rtmp.AmfValue.AmfArray;
import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.millrace.media.LanguageTag;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** RTMP R25: what encoders write as metadata. */
class StreamMetadataTest {
  private static final StreamMetadata BOTH = new StreamMetadata(true, true, Set.of(), Map.of());
  private static final StreamMetadata VIDEO = new StreamMetadata(true, false, Set.of(), Map.of());
  private static final double HEVC = 0x68766331;

  @Test
  void codecsAreNumbersOrFourCcsAsNumbersOrTexts() {
    for (Object video : new Object[] {7, "7", HEVC, "avc1", "hvc1", "1752589105"}) {
      assertThat(read(AmfValue.object("videocodecid", video, "audiocodecid", 10))).contains(BOTH);
      assertThat(read(AmfValue.object("videocodecid", video, "audiocodecid", "mp4a")))
          .contains(BOTH);
    }
    for (Object none : new Object[] {0, "0", "0.0", "", " ", true}) {
      assertThat(read(AmfValue.object("videocodecid", 7, "audiocodecid", none))).contains(VIDEO);
    }
    assertThat(read(AmfValue.object("hasVideo", true, "hasAudio", false))).contains(VIDEO);
  }

  @Test
  void anObjectMayStandInAStrictArray() {
    AmfObject properties = AmfValue.object("videocodecid", 7);
    assertThat(read(new AmfArray(List.of(AmfValue.of(1), properties)))).contains(VIDEO);
    assertThat(read(new AmfArray(List.of()))).isEmpty();
  }

  @Test
  void anEcmaArrayMayCountWrongAndLackItsEnd() {
    Buffer name = Amf0.write(AmfValue.of("onMetaData"));
    for (long count : new long[] {0, 1, 0xFFFFFFFFL}) {
      Buffer array = Buffer.buffer().appendByte((byte) 8).appendUnsignedInt(count);
      property(array, "videocodecid", 7);
      property(array, "audiocodecid", 10);
      Buffer cut = name.copy().appendBuffer(array);
      assertThat(StreamMetadata.of(Amf0.read(cut))).as("without its end").contains(BOTH);
      Buffer whole = cut.copy().appendUnsignedShort(0).appendByte((byte) 9);
      assertThat(StreamMetadata.of(Amf0.read(whole))).contains(BOTH);
    }
  }

  @Test
  void isFoundBehindSetDataFrameAndWithoutIt() {
    AmfObject properties = AmfValue.object("videocodecid", 7, "audiocodecid", 10);
    List<AmfValue> bare = List.of(AmfValue.of("onMetaData"), properties);
    assertThat(StreamMetadata.of(bare)).contains(BOTH);
    List<AmfValue> named =
        List.of(AmfValue.of("@setDataFrame"), AmfValue.of("onMetaData"), properties);
    assertThat(StreamMetadata.of(named)).contains(BOTH);
  }

  // FFmpeg sends a time code as a data message of its own.
  @Test
  void otherDataIsNotMetadata() {
    assertThat(
            StreamMetadata.of(
                List.of(AmfValue.of("onFI"), AmfValue.object("videocodecid", 7, "sd", "1-1-2026"))))
        .isEmpty();
    assertThat(StreamMetadata.of(List.of())).isEmpty();
  }

  @Test
  void namesFurtherAudioTracks() {
    AmfObject map =
        AmfValue.object(
            "0",
            AmfValue.object(),
            "1",
            AmfValue.object(),
            "255",
            AmfValue.object(),
            "256",
            AmfValue.object(),
            "de",
            AmfValue.object());
    assertThat(
            read(
                AmfValue.object("videocodecid", 7, "audiocodecid", 10, "audioTrackIdInfoMap", map)))
        .contains(new StreamMetadata(true, true, Set.of(1, 255), Map.of()));
  }

  @Test
  void namesTheLanguagesOfSound() {
    AmfObject map =
        AmfValue.object(
            "1",
            AmfValue.object("language", "GER"),
            "2",
            AmfValue.object("language", "somewhere"),
            "3",
            AmfValue.object("language", 7),
            "4",
            "de");
    assertThat(
            read(
                AmfValue.object(
                    "audiocodecid", 10, "language", "en-gb", "audioTrackIdInfoMap", map)))
        .map(StreamMetadata::languages)
        .contains(Map.of(0, LanguageTag.of("en-GB"), 1, LanguageTag.of("de")));
  }

  private static void property(Buffer out, String name, double value) {
    out.appendUnsignedShort(name.length()).appendString(name).appendByte((byte) 0);
    out.appendDouble(value);
  }

  private static Optional<StreamMetadata> read(AmfValue properties) {
    return StreamMetadata.of(
        List.of(AmfValue.of("@setDataFrame"), AmfValue.of("onMetaData"), properties));
  }
}
