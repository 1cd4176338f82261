package io.millrace.packager.cmaf;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.Eac3Configuration;
import io.millrace.media.codec.FlacConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.vertx.core.buffer.Buffer;

/** Sample entries of sound (ISO/IEC 14496-12 12.2.3), each with its decoder configuration. */
final class AudioSampleEntry {
  private static final int MAX_RATE = 0xFFFF;
  private static final int LAST_BLOCK = 0x80;

  private AudioSampleEntry() {}

  static void write(BoxWriter out, TrackFormat.Audio format) {
    switch (format) {
      case TrackFormat.Aac aac -> {
        int rate = aac.clockRate();
        fields(out, "mp4a", format.channels(), 16, rate > MAX_RATE ? 0 : rate);
        esds(out, aac.configuration().record());
      }
      case TrackFormat.Opus opus -> {
        // Opus in ISOBMFF 4.3.1
        fields(out, "Opus", format.channels(), 16, OpusConfiguration.SAMPLE_RATE);
        dOps(out, opus.configuration());
      }
      case TrackFormat.Flac flac -> {
        FlacConfiguration configuration = flac.configuration();
        int rate = expressible(configuration.sampleRate());
        fields(out, "fLaC", format.channels(), configuration.bitsPerSample(), rate);
        out.fullBox("dfLa", 0, 0).u8(LAST_BLOCK).u8(0).u16(configuration.streamInfo().length());
        out.bytes(configuration.streamInfo()).end();
      }
      case TrackFormat.Ac3 ac3 -> {
        fields(out, "ac-3", format.channels(), 16, format.sampleRate());
        dac3(out, ac3.configuration());
      }
      case TrackFormat.Eac3 eac3 -> {
        fields(out, "ec-3", format.channels(), 16, format.sampleRate());
        dec3(out, eac3.configuration());
      }
    }
    out.end();
  }

  private static void fields(BoxWriter out, String type, int channels, int bits, int rate) {
    out.box(type).zeros(6).u16(1).zeros(8).u16(channels).u16(bits).zeros(4);
    out.u32((long) rate << 16);
  }

  /** The elementary stream descriptor of AAC (ISO/IEC 14496-1 7.2.6.5, 14496-14 3.1). */
  private static void esds(BoxWriter out, Buffer specific) {
    int specificLength = specific.length();
    int decoderLength = 13 + descriptorLength(specificLength);
    out.fullBox("esds", 0, 0);
    descriptor(out, 3, 3 + descriptorLength(decoderLength) + 3).u16(0).u8(0);
    descriptor(out, 4, decoderLength).u8(0x40).u8(0x15).zeros(3).u32(0).u32(0);
    descriptor(out, 5, specificLength).bytes(specific);
    descriptor(out, 6, 1).u8(2);
    out.end();
  }

  /** Tag and length, the length in as many bytes of seven bits as it needs. */
  private static BoxWriter descriptor(BoxWriter out, int tag, int length) {
    out.u8(tag);
    if (length > 0x7F) {
      out.u8(0x80 | length >> 7);
    }
    return out.u8(length & 0x7F);
  }

  private static int descriptorLength(int length) {
    return length + (length > 0x7F ? 3 : 2);
  }

  /** Opus in ISOBMFF 4.3.2: the identification header, but big-endian. */
  private static void dOps(BoxWriter out, OpusConfiguration opus) {
    out.box("dOps").u8(0).u8(opus.channels()).u16(opus.preSkip()).u32(opus.inputSampleRate());
    out.u16(opus.outputGain()).u8(opus.mappingFamily()).bytes(opus.mapping()).end();
  }

  /** ETSI TS 102 366 F.4. */
  private static void dac3(BoxWriter out, Ac3Configuration ac3) {
    int bits =
        ac3.rateCode() << 22
            | ac3.bitstreamId() << 17
            | ac3.bitstreamMode() << 14
            | ac3.channelMode() << 11
            | (ac3.lowFrequency() ? 1 << 10 : 0)
            | ac3.bitRateCode() << 5;
    out.box("dac3").u8(bits >> 16).u16(bits).end();
  }

  /** ETSI TS 102 366 F.6; the extension is that of TS 103 420 C.3. */
  private static void dec3(BoxWriter out, Eac3Configuration eac3) {
    out.box("dec3").u16(eac3.dataRate() << 3 | (eac3.substreams().size() - 1));
    for (Eac3Configuration.Substream substream : eac3.substreams()) {
      int bits =
          substream.rateCode() << 14
              | substream.bitstreamId() << 9
              | substream.bitstreamMode() << 4
              | substream.channelMode() << 1
              | (substream.lowFrequency() ? 1 : 0);
      out.u16(bits);
      if (substream.dependents() == 0) {
        out.u8(0);
      } else {
        out.u16(substream.dependents() << 9 | substream.locations());
      }
    }
    if (eac3.objectAudioComplexity() > 0) {
      out.u8(1).u8(eac3.objectAudioComplexity());
    }
    out.end();
  }

  /** A rate that does not fit in 16 bits is given by a whole fraction that does. */
  private static int expressible(int rate) {
    int fraction = rate;
    while (fraction > MAX_RATE && fraction % 2 == 0) {
      fraction /= 2;
    }
    return Math.min(fraction, MAX_RATE);
  }
}
