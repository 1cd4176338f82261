package io.millrace.ingest.rtmp;

import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.UnsupportedMediaException;
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

  private final int streamId;
  private final Map<TrackId, Track> tracks = new HashMap<>();
  private boolean started;
  private long shiftMillis;
  private long lastMillis;

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
    tracks.clear();
    for (Track track : ready) {
      tracks.put(track.id(), track);
      messages.add(
          switch (track.format()) {
            case TrackFormat.H264 h264 ->
                message(
                    RtmpMessage.VIDEO,
                    FlvTags.write(new FlvTag.AvcHeader(h264.configuration().record())));
            case TrackFormat.Aac aac ->
                message(
                    RtmpMessage.AUDIO,
                    FlvTags.write(new FlvTag.AacHeader(aac.configuration().record())));
            case TrackFormat.Video other -> throw unsupported(other);
            case TrackFormat.Audio other -> throw unsupported(other);
          });
    }
    return messages;
  }

  private static Buffer metadata(List<Track> tracks) {
    Map<String, AmfValue> properties = new HashMap<>();
    for (Track track : tracks) {
      switch (track.format()) {
        case TrackFormat.Video video -> {
          properties.put("videocodecid", AmfValue.of(7));
          properties.put("width", AmfValue.of(video.width()));
          properties.put("height", AmfValue.of(video.height()));
        }
        case TrackFormat.Audio audio -> {
          properties.put("audiocodecid", AmfValue.of(10));
          properties.put("audiosamplerate", AmfValue.of(audio.sampleRate()));
          properties.put("audiochannels", AmfValue.of(audio.channels()));
        }
      }
    }
    return Amf0.write(
        AmfValue.of("@setDataFrame"),
        AmfValue.of("onMetaData"),
        new AmfValue.AmfObject(properties));
  }

  private List<RtmpMessage> sample(Sample sample) {
    Track track = tracks.get(sample.track());
    if (track == null) {
      return List.of();
    }
    long dts = millis(sample.dts(), track.timescale());
    if (!started) {
      started = true;
      shiftMillis = Math.max(0, -dts);
    }
    lastMillis = Math.max(0, dts + shiftMillis);
    int composition = (int) (millis(sample.pts(), track.timescale()) - dts);
    return List.of(
        switch (track.format()) {
          case TrackFormat.H264 _ ->
              message(
                  RtmpMessage.VIDEO,
                  FlvTags.write(new FlvTag.AvcFrame(composition, sample.sync(), sample.payload())));
          case TrackFormat.Aac _ ->
              message(RtmpMessage.AUDIO, FlvTags.write(new FlvTag.AacFrame(sample.payload())));
          case TrackFormat.Video other -> throw unsupported(other);
          case TrackFormat.Audio other -> throw unsupported(other);
        });
  }

  private static UnsupportedMediaException unsupported(TrackFormat format) {
    return new UnsupportedMediaException(format.codecs() + " cannot be sent by RTMP");
  }

  private static long millis(long ticks, Timescale timescale) {
    return Math.floorDiv(timescale.toNanos(ticks) + NANOS_PER_MILLI / 2, NANOS_PER_MILLI);
  }

  private RtmpMessage message(int type, Buffer payload) {
    return new RtmpMessage(type, streamId, lastMillis & 0xFFFFFFFFL, payload);
  }
}
