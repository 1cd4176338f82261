package io.millrace.packager.ts;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Which formats a transport stream carries, and how it names them. */
final class Streams {
  private static final int AVC = 0x1B;
  private static final int HEVC = 0x24;
  private static final int AAC_ADTS = 0x0F;

  /** ATSC A/52 A3.1, A3.2; players of HLS know no other numbers for these. */
  private static final int AC_3 = 0x81;

  /** ATSC A/52 G3.1. */
  private static final int E_AC_3 = 0x87;

  private static final int AUDIO_STREAM = 0xC0;
  private static final int PRIVATE_STREAM = 0xBD;
  private static final int REGISTRATION = 5;
  private static final int LANGUAGE = 10;

  private Streams() {}

  /**
   * How a track is carried.
   *
   * @throws UnsupportedMediaException when it cannot be; the message is fit for its sender
   */
  static ElementaryStream of(Track track) {
    Timescale timescale = track.timescale();
    return switch (track.format()) {
      case TrackFormat.H264(var configuration) ->
          new Pictures(
              NalSyntax.AVC,
              AVC,
              timescale,
              Stream.of(configuration.sequenceParameterSets(), configuration.pictureParameterSets())
                  .flatMap(List::stream)
                  .toList());
      case TrackFormat.H265(var configuration) ->
          new Pictures(
              NalSyntax.HEVC,
              HEVC,
              timescale,
              Stream.of(
                      configuration.videoParameterSets(),
                      configuration.sequenceParameterSets(),
                      configuration.pictureParameterSets())
                  .flatMap(List::stream)
                  .toList());
      case TrackFormat.Aac aac ->
          new Sound(
              AAC_ADTS,
              AUDIO_STREAM,
              language(track),
              new AdtsFraming(aac.configuration()),
              timescale,
              seconds(aac));
      case TrackFormat.Ac3 ac3 -> dolby(AC_3, "AC-3", track, ac3);
      case TrackFormat.Eac3 eac3 -> dolby(E_AC_3, "EAC3", track, eac3);
      case TrackFormat.Av1 _ -> throw unsupported("AV1", "use H.264 or HEVC");
      case TrackFormat.Vp9 _ -> throw unsupported("VP9", "use H.264 or HEVC");
      case TrackFormat.Opus _ -> throw unsupported("Opus", "use AAC or AC-3");
      case TrackFormat.Flac _ -> throw unsupported("FLAC", "use AAC or AC-3");
    };
  }

  private static ElementaryStream dolby(
      int streamType, String identifier, Track track, TrackFormat.Audio format) {
    return new Sound(
        streamType,
        PRIVATE_STREAM,
        registration(identifier).appendBuffer(language(track)),
        Sound.UNFRAMED,
        track.timescale(),
        seconds(format));
  }

  /** A registration descriptor (ISO/IEC 13818-1 2.6.8). */
  private static Buffer registration(String identifier) {
    byte[] bytes = identifier.getBytes(StandardCharsets.US_ASCII);
    return Buffer.buffer()
        .appendByte((byte) REGISTRATION)
        .appendByte((byte) bytes.length)
        .appendBytes(bytes);
  }

  /** An ISO 639 language descriptor (ISO/IEC 13818-1 2.6.18), where the language is known. */
  private static Buffer language(Track track) {
    Buffer out = Buffer.buffer();
    track
        .label()
        .language()
        .ifPresent(
            language ->
                out.appendByte((byte) LANGUAGE)
                    .appendByte((byte) 4)
                    .appendString(language.terminologyCode())
                    .appendByte((byte) 0));
    return out;
  }

  private static double seconds(TrackFormat.Audio format) {
    return (double) format.usualSamples() / format.clockRate();
  }

  private static UnsupportedMediaException unsupported(String codec, String instead) {
    return new UnsupportedMediaException(
        "this server packages MPEG-TS, which cannot carry " + codec + "; " + instead);
  }
}
