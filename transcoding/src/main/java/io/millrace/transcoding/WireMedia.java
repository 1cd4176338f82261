package io.millrace.transcoding;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Av1Configuration;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;

/** The media side's words in the protocol's, and back. */
final class WireMedia {
  private static final Buffer NO_RECORD = Buffer.buffer();

  private WireMedia() {}

  static WireTrack track(Track track) {
    return switch (track.format()) {
      case TrackFormat.Video video -> video(track, video);
      case TrackFormat.Audio audio -> audio(track, audio);
    };
  }

  private static WireTrack video(Track track, TrackFormat.Video format) {
    Codec codec =
        switch (format) {
          case TrackFormat.H264 _ -> Codec.H264;
          case TrackFormat.H265 _ -> Codec.HEVC;
          case TrackFormat.Av1 _ -> Codec.AV1;
          case TrackFormat.Vp9 _ -> Codec.VP9;
        };
    Buffer record =
        switch (format) {
          case TrackFormat.H264(var avc) -> avc.record();
          case TrackFormat.H265(var hevc) -> hevc.record();
          case TrackFormat.Av1(var av1) -> av1.record();
          case TrackFormat.Vp9 _ -> NO_RECORD;
        };
    return WireTrack.video(
        track.id().value(),
        track.timescale().ticksPerSecond(),
        codec,
        format.width(),
        format.height(),
        (int) Math.round(format.picture().frameRate() * 1000),
        bytes(record));
  }

  private static WireTrack audio(Track track, TrackFormat.Audio format) {
    Codec codec =
        switch (format) {
          case TrackFormat.Aac _ -> Codec.AAC;
          case TrackFormat.Opus _ -> Codec.OPUS;
          case TrackFormat.Flac _ -> Codec.FLAC;
          case TrackFormat.Ac3 _ -> Codec.AC3;
          case TrackFormat.Eac3 _ -> Codec.EAC3;
        };
    Buffer record =
        switch (format) {
          case TrackFormat.Aac(var aac) -> aac.record();
          case TrackFormat.Opus(var opus) -> opusHead(opus);
          case TrackFormat.Flac(var flac) -> flac.streamInfo();
          case TrackFormat.Ac3 _, TrackFormat.Eac3 _ -> NO_RECORD;
        };
    return WireTrack.audio(
        track.id().value(),
        track.timescale().ticksPerSecond(),
        codec,
        format.sampleRate(),
        format.channels(),
        bytes(record));
  }

  /** RFC 7845 5.1. */
  private static Buffer opusHead(OpusConfiguration opus) {
    return Buffer.buffer("OpusHead")
        .appendByte((byte) 1)
        .appendByte((byte) opus.channels())
        .appendUnsignedShortLE(opus.preSkip())
        .appendUnsignedIntLE(opus.inputSampleRate())
        .appendShortLE((short) opus.outputGain())
        .appendByte((byte) opus.mappingFamily())
        .appendBuffer(opus.mapping());
  }

  /**
   * A track as a transcoder tells it.
   *
   * @throws MalformedMediaException when its record is none, or of a codec that no encoder here has
   */
  static Track track(WireTrack track) {
    Buffer record = buffer(track.record());
    TrackFormat format =
        switch (track.codec()) {
          case H264 -> new TrackFormat.H264(AvcConfiguration.parse(record));
          case AV1 -> new TrackFormat.Av1(Av1Configuration.ofSequenceHeader(record));
          case AAC -> new TrackFormat.Aac(AacConfiguration.parse(record));
          case HEVC, VP9, OPUS, FLAC, AC3, EAC3 ->
              throw new MalformedMediaException("rung", 0, "coded as " + track.codec());
        };
    return new Track(new TrackId(track.id()), format, new Timescale(track.timescale()));
  }

  static WireSample sample(Sample sample) {
    return new WireSample(
        sample.track().value(),
        sample.dts(),
        sample.compositionOffset(),
        sample.sync(),
        bytes(sample.payload()));
  }

  static Sample sample(WireSample sample) {
    return new Sample(
        new TrackId(sample.track()),
        sample.dts(),
        sample.compositionOffset(),
        sample.sync(),
        buffer(sample.payload()));
  }

  static Buffer buffer(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Buffer.buffer(copy);
  }

  private static ByteBuffer bytes(Buffer buffer) {
    return ByteBuffer.wrap(buffer.getBytes());
  }
}
