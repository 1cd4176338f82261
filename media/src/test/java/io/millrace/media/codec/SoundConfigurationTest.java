package io.millrace.media.codec;

import static io.millrace.media.codec.CodecVectors.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class SoundConfigurationTest {
  /** The element of a front centre, a front pair, a back pair and an LFE, without its comment. */
  private static final Buffer PROGRAM_CONFIG = hex("a09900a000211000");

  /** RTMP R26: SBR signalled behind the configuration, so that old decoders don't see it. */
  @Test
  void readsHighEfficiencyAacThatIsSignalledBehindTheConfiguration() {
    AacConfiguration he = AacConfiguration.parse(hex("131056e598"));
    assertThat(he.codecs()).isEqualTo("mp4a.40.5");
    assertThat(he.coreSampleRate()).isEqualTo(24_000);
    assertThat(he.sampleRate()).isEqualTo(48_000);

    AacConfiguration parametric = AacConfiguration.parse(hex("130856e59d4880"));
    assertThat(parametric.codecs()).isEqualTo("mp4a.40.29");
    assertThat(parametric.coreObjectType()).isEqualTo(2);
    assertThat(parametric.channels()).isEqualTo(2);
  }

  /** ISO/IEC 14496-3 1.6.5.3: the extension stands first, the core coder behind it. */
  @Test
  void readsHighEfficiencyAacThatIsSignalledHierarchically() {
    AacConfiguration he = AacConfiguration.parse(hex("2b118800"));
    assertThat(he.codecs()).isEqualTo("mp4a.40.5");
    assertThat(he.coreSampleRate()).isEqualTo(24_000);
    assertThat(he.sampleRate()).isEqualTo(48_000);

    AacConfiguration parametric = AacConfiguration.parse(hex("eb098800"));
    assertThat(parametric.codecs()).isEqualTo("mp4a.40.29");
    assertThat(parametric.channels()).isEqualTo(2);
    assertThat(parametric.coreObjectType()).isEqualTo(2);
    assertThat(parametric.channelConfiguration()).isEqualTo(1);
  }

  /**
   * Implicit signalling (1.6.5.4): the configuration is that of the core alone, and so is codecs.
   */
  @Test
  void saysOfSbrThatOnlyTheAccessUnitsKnowNothing() {
    AacConfiguration core = AacConfiguration.parse(hex("1310"));
    assertThat(core.codecs()).isEqualTo("mp4a.40.2");
    assertThat(core.sampleRate()).isEqualTo(24_000);
  }

  @Test
  void believesAnEncoderThatSaysThereIsNoSbr() {
    AacConfiguration plain = AacConfiguration.parse(hex("131056e500"));
    assertThat(plain.codecs()).isEqualTo("mp4a.40.2");
    assertThat(plain.sampleRate()).isEqualTo(24_000);
  }

  @Test
  void countsTheChannelsOfAProgramConfigElement() {
    // AAC-LC, 48 kHz: a front centre, a front pair, a back pair and an LFE.
    AacConfiguration surround = AacConfiguration.parse(hex("118004c8050001088000"));
    assertThat(surround.channels()).isEqualTo(6);
    assertThat(surround.sampleRate()).isEqualTo(48_000);
    assertThat(surround.channelConfiguration()).isZero();
    assertThat(surround.programConfig()).as("as a frame's first element").isEqualTo(PROGRAM_CONFIG);
  }

  @Test
  void readsARateOf24Bits() {
    // Object type 2, index 15, 48 001 Hz, stereo.
    AacConfiguration odd = AacConfiguration.parse(hex("17805dc090"));
    assertThat(odd.sampleRate()).isEqualTo(48_001);
    assertThat(odd.rateIndex()).isEmpty();
    assertThat(odd.channels()).isEqualTo(2);
  }

  /** RTMP R26. */
  @Test
  void knowsAdtsByItsSyncWordsAndLengths() {
    Buffer unit = hex("fff14c8001bffc" + "210a0b0c0d0e");
    assertThat(AdtsHeader.fills(unit)).isTrue();
    assertThat(AdtsHeader.fills(unit.copy().appendBuffer(unit))).isTrue();
    assertThat(AdtsHeader.fills(unit.slice(7, 13))).isFalse();
    assertThat(AdtsHeader.fills(unit.slice(0, 12))).isFalse();
    assertThat(AdtsHeader.fills(unit.copy().appendByte((byte) 0))).isFalse();
    assertThat(AdtsHeader.startsAt(unit.slice(0, 7), 0)).isTrue();
    assertThat(AdtsHeader.startsAt(unit.slice(0, 6), 0)).isFalse();

    AdtsHeader header = AdtsHeader.parse(unit, 0);
    assertThat(header).isEqualTo(new AdtsHeader(2, 48_000, 2, 7, 13));
    assertThat(header.configuration()).isEqualTo(AacConfiguration.parse(hex("1190")));
  }

  @Test
  void readsOpusAndTheLengthOfItsPackets() {
    OpusConfiguration opus = OpusConfiguration.parse(CodecVectors.OPUS_HEAD);
    assertThat(opus).isEqualTo(new OpusConfiguration(1, 312, 48_000, 0, 0, Buffer.buffer()));

    assertThat(OpusConfiguration.samplesIn(hex("f8b4af"))).isEqualTo(960);
    assertThat(OpusConfiguration.samplesIn(hex("e0"))).isEqualTo(120);
    assertThat(OpusConfiguration.samplesIn(hex("1b02"))).isEqualTo(5_760);
    assertThatThrownBy(() -> OpusConfiguration.samplesIn(hex("1b03")))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void readsTheChannelMappingOfSurroundOpus() {
    Buffer head = hex("4f707573486561640106380180bb000000000104020004010203" + "05");
    OpusConfiguration opus = OpusConfiguration.parse(head);
    assertThat(opus.channels()).isEqualTo(6);
    assertThat(opus.mapping()).isEqualTo(hex("0402000401020305"));
    assertThatThrownBy(() -> OpusConfiguration.parse(head.slice(0, 24)))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void readsFlacWithTheMarkerThatFfmpegSendsWithABlockHeaderAndBare() {
    FlacConfiguration flac = FlacConfiguration.parse(CodecVectors.FLAC_HEADER);
    assertThat(flac.sampleRate()).isEqualTo(48_000);
    assertThat(flac.channels()).isEqualTo(1);
    assertThat(flac.bitsPerSample()).isEqualTo(16);
    assertThat(flac.maxBlockSize()).isEqualTo(4_608);

    assertThat(FlacConfiguration.parse(flac.streamInfo())).isEqualTo(flac);
    Buffer block = hex("664c614380000022").appendBuffer(flac.streamInfo());
    assertThat(FlacConfiguration.parse(block)).isEqualTo(flac);
    assertThat(FlacConfiguration.parse(block.slice(4, block.length()))).isEqualTo(flac);
  }

  @Test
  void readsTheBlockSizeOfAFlacFrame() {
    assertThat(FlacConfiguration.samplesIn(CodecVectors.FLAC_FRAME)).isEqualTo(4_608);
    assertThat(FlacConfiguration.samplesIn(hex("fff86a080bc7"))).isEqualTo(200);
    assertThat(FlacConfiguration.samplesIn(hex("fff87a08c2800fff"))).isEqualTo(4_096);
  }

  @Test
  void readsAc3() {
    Ac3Configuration ac3 = Ac3Configuration.fromFrame(CodecVectors.AC3_FRAME);
    assertThat(ac3.sampleRate()).isEqualTo(48_000);
    assertThat(ac3.channels()).isEqualTo(1);
    assertThat(ac3).isEqualTo(new Ac3Configuration(0, 8, 0, 1, false, 6));
  }

  @Test
  void readsEnhancedAc3() {
    Buffer frame = CodecVectors.eac3Frame();
    Eac3Configuration eac3 = Eac3Configuration.fromFrame(frame);
    assertThat(eac3.dataRate()).isEqualTo(96);
    assertThat(eac3.sampleRate()).isEqualTo(48_000);
    assertThat(eac3.channels()).isEqualTo(1);
    assertThat(Eac3Configuration.samplesIn(frame)).isEqualTo(1_536);
    assertThat(Eac3Configuration.samplesIn(frame.copy().appendBuffer(frame))).isEqualTo(3_072);
  }
}
