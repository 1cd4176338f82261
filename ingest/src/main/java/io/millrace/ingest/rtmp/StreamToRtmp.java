package io.millrace.ingest.rtmp;

import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps media events to RTMP messages, the reverse of {@link RtmpToStream}: metadata and sequence
 * headers for tracks, one message for a sample. Times before zero are shifted, all by the same.
 */
final class StreamToRtmp {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long LEGACY_AVC = 7;
  private static final long LEGACY_AAC = 10;

  private final int streamId;
  private final Map<TrackId, Line> lines = new HashMap<>();
  private boolean started;
  private long shiftMillis;
  private long lastMillis;

  /** A track and how it goes on the wire. */
  private record Line(Track track, FlvTag.Start start) {}

  /**
   * @param streamId the message stream that is published on
   */
  StreamToRtmp(int streamId) {
    this.streamId = streamId;
  }

  List<RtmpMessage> map(MediaEvent event) {
    return switch (event) {
      case TracksReady ready -> headers(ready.tracks());
      case SampleReady ready -> sample(ready.sample());
      case MediaEvent.Discontinuity _, MediaEvent.Ended _ -> List.of();
    };
  }

  private List<RtmpMessage> headers(List<Track> ready) {
    List<RtmpMessage> messages = new ArrayList<>();
    messages.add(message(RtmpMessage.DATA_AMF0, metadata(ready)));
    lines.clear();
    int videoTracks = 0;
    int audioTracks = 0;
    for (Track track : ready) {
      int id = track.isVideo() ? videoTracks++ : audioTracks++;
      FlvTag.Start start = FlvStarts.of(track.format(), id);
      lines.put(track.id(), new Line(track, start));
      messages.add(message(typeOf(track), FlvTagWriter.write(start)));
    }
    return messages;
  }

  private static int typeOf(Track track) {
    return track.isVideo() ? RtmpMessage.VIDEO : RtmpMessage.AUDIO;
  }

  private static Buffer metadata(List<Track> tracks) {
    Map<String, AmfValue> properties = new HashMap<>();
    Map<String, AmfValue> furtherAudio = new HashMap<>();
    int audioTracks = 0;
    for (Track track : tracks) {
      switch (track.format()) {
        case TrackFormat.Video video -> {
          properties.put("videocodecid", codecId(track));
          properties.put("width", AmfValue.of(video.width()));
          properties.put("height", AmfValue.of(video.height()));
        }
        case TrackFormat.Audio audio -> {
          properties.putIfAbsent("audiocodecid", codecId(track));
          properties.putIfAbsent("audiosamplerate", AmfValue.of(audio.sampleRate()));
          properties.putIfAbsent("audiochannels", AmfValue.of(audio.channels()));
          if (audioTracks == FlvTag.MAIN) {
            properties.putAll(language(track));
          } else {
            furtherAudio.put(
                Integer.toString(audioTracks), new AmfValue.AmfObject(language(track)));
          }
          audioTracks++;
        }
      }
    }
    if (!furtherAudio.isEmpty()) {
      properties.put(StreamMetadata.AUDIO_TRACKS, new AmfValue.AmfObject(furtherAudio));
    }
    return Amf0.write(
        AmfValue.of("@setDataFrame"),
        AmfValue.of("onMetaData"),
        new AmfValue.AmfObject(properties));
  }

  private static Map<String, AmfValue> language(Track track) {
    return track
        .label()
        .language()
        .map(language -> Map.of(StreamMetadata.LANGUAGE, AmfValue.of(language.value())))
        .orElse(Map.of());
  }

  /** The legacy number where there is one, otherwise the FourCC as a number. */
  private static AmfValue codecId(Track track) {
    return AmfValue.of(
        switch (track.format()) {
          case TrackFormat.H264 _ -> LEGACY_AVC;
          case TrackFormat.Aac _ -> LEGACY_AAC;
          case TrackFormat other ->
              Integer.toUnsignedLong(FlvStarts.of(other, FlvTag.MAIN).codec().fourCc());
        });
  }

  private List<RtmpMessage> sample(Sample sample) {
    Line line = lines.get(sample.track());
    if (line == null) {
      return List.of();
    }
    Track track = line.track();
    long dts = millis(sample.dts(), track.timescale());
    if (!started) {
      started = true;
      shiftMillis = Math.max(0, -dts);
    }
    lastMillis = Math.max(0, dts + shiftMillis);
    int composition = (int) (millis(sample.pts(), track.timescale()) - dts);
    FlvTag.Frame frame =
        new FlvTag.Frame(
            line.start().codec(),
            line.start().track(),
            composition,
            0,
            sample.sync(),
            sample.payload());
    return List.of(message(typeOf(track), FlvTagWriter.write(frame)));
  }

  private static long millis(long ticks, Timescale timescale) {
    return Math.floorDiv(timescale.toNanos(ticks) + NANOS_PER_MILLI / 2, NANOS_PER_MILLI);
  }

  private RtmpMessage message(int type, Buffer payload) {
    return new RtmpMessage(type, streamId, lastMillis & 0xFFFFFFFFL, payload);
  }
}
