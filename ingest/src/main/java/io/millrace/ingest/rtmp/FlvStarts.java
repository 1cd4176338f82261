package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.FlvTag.Start;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.FlacConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.media.codec.Vp9Configuration;
import io.vertx.core.buffer.Buffer;

/** Makes the sequence starts of tracks: their codec, and the configuration that FLV carries. */
final class FlvStarts {
  private FlvStarts() {}

  /**
   * The sequence start of a track.
   *
   * @param track its multitrack id
   */
  static Start of(TrackFormat format, int track) {
    return switch (format) {
      case TrackFormat.H264(var configuration) ->
          new Start(FlvCodec.H264, track, configuration.record());
      case TrackFormat.H265(var configuration) ->
          new Start(FlvCodec.H265, track, configuration.record());
      case TrackFormat.Av1(var configuration) ->
          new Start(FlvCodec.AV1, track, configuration.record());
      case TrackFormat.Vp9 vp9 -> new Start(FlvCodec.VP9, track, record(vp9.configuration()));
      case TrackFormat.Aac(var configuration) ->
          new Start(FlvCodec.AAC, track, configuration.record());
      case TrackFormat.Opus(var configuration) ->
          new Start(FlvCodec.OPUS, track, head(configuration));
      case TrackFormat.Flac(var configuration) ->
          new Start(FlvCodec.FLAC, track, header(configuration));
      case TrackFormat.Ac3 _ -> new Start(FlvCodec.AC3, track, Buffer.buffer());
      case TrackFormat.Eac3 _ -> new Start(FlvCodec.EAC3, track, Buffer.buffer());
    };
  }

  /** VP Codec ISO Media File Format Binding 2.2, with the version before it. */
  private static Buffer record(Vp9Configuration vp9) {
    int range = vp9.color().fullRange() ? 1 : 0;
    return Buffer.buffer(12)
        .appendInt(0x01000000)
        .appendByte((byte) vp9.profile())
        .appendByte((byte) vp9.level())
        .appendByte((byte) (vp9.bitDepth() << 4 | vp9.chromaSubsampling() << 1 | range))
        .appendByte((byte) vp9.color().primaries())
        .appendByte((byte) vp9.color().transfer())
        .appendByte((byte) vp9.color().matrix())
        .appendShort((short) 0);
  }

  /** RFC 7845 5.1. */
  private static Buffer head(OpusConfiguration opus) {
    return Buffer.buffer(21 + opus.channels())
        .appendString("OpusHead")
        .appendByte((byte) 1)
        .appendByte((byte) opus.channels())
        .appendUnsignedShortLE(opus.preSkip())
        .appendUnsignedIntLE(opus.inputSampleRate())
        .appendShortLE((short) opus.outputGain())
        .appendByte((byte) opus.mappingFamily())
        .appendBuffer(opus.mapping());
  }

  /** The stream's marker and its first block, which is the last one too (RFC 9639 8). */
  private static Buffer header(FlacConfiguration flac) {
    return Buffer.buffer(42)
        .appendString("fLaC")
        .appendByte((byte) 0x80)
        .appendMedium(flac.streamInfo().length())
        .appendBuffer(flac.streamInfo());
  }
}
