package io.millrace.transcoding;

import io.millrace.media.LanguageTag;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.TrackLabel;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.Av1Configuration;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.AvcNal;
import io.millrace.media.codec.Eac3Configuration;
import io.millrace.media.codec.FlacConfiguration;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.HevcNal;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.media.codec.Vp9Configuration;
import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.FileTrack;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The media side's words in the protocol's, and back. */
final class WireMedia {
  private static final Buffer NO_RECORD = Buffer.buffer();

  /** Bytes of one, and of a length in its place. */
  private static final int START_CODE = 4;

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

  /**
   * A track as a file tells it.
   *
   * @throws MalformedMediaException when its record is none
   */
  static Track fileTrack(FileTrack told) {
    WireTrack track = told.track();
    Buffer record = buffer(track.record());
    TrackFormat format =
        switch (track.codec()) {
          case H264 ->
              new TrackFormat.H264(
                  startsWithCode(record) ? avc(record) : AvcConfiguration.parse(record));
          case HEVC ->
              new TrackFormat.H265(
                  startsWithCode(record) ? hevc(record) : HevcConfiguration.parse(record));
          case AV1 ->
              new TrackFormat.Av1(
                  Av1Configuration.parse(record)
                      .orElseThrow(
                          () -> new MalformedMediaException("av1C", 0, "has no sequence header")));
          case VP9 ->
              new TrackFormat.Vp9(Vp9Configuration.parse(record), track.width(), track.height());
          case AAC -> new TrackFormat.Aac(AacConfiguration.parse(record));
          case OPUS -> new TrackFormat.Opus(OpusConfiguration.parse(record));
          case FLAC -> new TrackFormat.Flac(FlacConfiguration.parse(record));
          case AC3 -> new TrackFormat.Ac3(Ac3Configuration.fromFrame(record));
          case EAC3 -> new TrackFormat.Eac3(Eac3Configuration.fromFrame(record));
        };
    return new Track(
        new TrackId(track.id()), format, new Timescale(track.timescale()), label(told.language()));
  }

  private static TrackLabel label(String language) {
    try {
      return TrackLabel.of(LanguageTag.of(language));
    } catch (IllegalArgumentException e) {
      return TrackLabel.NONE;
    }
  }

  private static boolean startsWithCode(Buffer record) {
    return record.length() > START_CODE && record.getInt(0) == 1;
  }

  private static AvcConfiguration avc(Buffer sets) {
    Map<Integer, List<Buffer>> byType =
        behindCodes(sets).stream()
            .collect(Collectors.groupingBy(set -> AvcNal.type(set.getByte(0))));
    return AvcConfiguration.of(
        byType.getOrDefault(AvcNal.SPS, List.of()), byType.getOrDefault(AvcNal.PPS, List.of()));
  }

  private static HevcConfiguration hevc(Buffer sets) {
    Map<Integer, List<Buffer>> byType =
        behindCodes(sets).stream()
            .collect(Collectors.groupingBy(set -> HevcNal.type(set.getByte(0))));
    return HevcConfiguration.of(
        START_CODE,
        byType.getOrDefault(HevcNal.VPS, List.of()),
        byType.getOrDefault(HevcNal.SPS, List.of()),
        byType.getOrDefault(HevcNal.PPS, List.of()));
  }

  /** NAL units have no start code inside. */
  private static List<Buffer> behindCodes(Buffer sets) {
    List<Buffer> units = new ArrayList<>();
    int from = START_CODE;
    for (int at = START_CODE; at <= sets.length(); at++) {
      boolean ends = at == sets.length();
      if (ends || (at + START_CODE < sets.length() && sets.getInt(at) == 1)) {
        if (at > from) {
          units.add(sets.getBuffer(from, at));
        }
        from = at + START_CODE;
        at = from - 1;
      }
    }
    return units;
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
