package io.millrace.ingest.rtmp;

import io.millrace.ingest.elementary.Av1Reader;
import io.millrace.ingest.elementary.H264Reader;
import io.millrace.ingest.elementary.H265Reader;
import io.millrace.ingest.elementary.VideoReader;
import io.millrace.ingest.elementary.VideoUnit;
import io.millrace.ingest.elementary.VideoUnit.Kind;
import io.millrace.ingest.elementary.Vp9Reader;
import io.millrace.ingest.rtmp.FlvTag.Frame;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The video track: access units on 90 kHz. What is a key frame is read from the bitstream; a
 * publisher whose pictures never let a viewer in is refused.
 */
final class RtmpVideoTrack implements RtmpTrack {
  private static final long TICKS_PER_MILLI = Timescale.VIDEO.ticksPerSecond() / 1000;
  private static final int MAX_HELD_BACK = 1 << 20;

  private final TrackId id;
  private final int multitrackId;
  private final long keyFrameWaitMillis;
  private final RtmpTimeline timeline;
  private final Output out;
  private final PassedTime passed = new PassedTime();

  private FlvCodec codec;
  private VideoReader reader;
  private @Nullable Track track;
  private boolean sawSync;
  private boolean sawRecoveryPoint;
  private @Nullable Buffer withoutPicture;

  /**
   * @param keyFrameWaitMillis how long the first key frame is waited for
   */
  RtmpVideoTrack(
      TrackId id,
      int multitrackId,
      FlvCodec codec,
      long keyFrameWaitMillis,
      RtmpTimeline timeline,
      Output out) {
    this.id = id;
    this.multitrackId = multitrackId;
    this.codec = codec;
    this.reader = readerOf(codec);
    this.keyFrameWaitMillis = keyFrameWaitMillis;
    this.timeline = timeline;
    this.out = out;
  }

  @Override
  public int multitrackId() {
    return multitrackId;
  }

  @Override
  public @Nullable Track track() {
    TrackFormat format = reader.format();
    if (format != null && (track == null || !track.format().equals(format))) {
      track = new Track(id, format, Timescale.VIDEO);
    }
    return track;
  }

  @Override
  public void start(FlvCodec newCodec, Buffer record) {
    if (newCodec == codec) {
      reader.configure(record);
      return;
    }
    VideoReader newReader = readerOf(newCodec);
    newReader.configure(record);
    reader = newReader;
    codec = newCodec;
    withoutPicture = null;
  }

  @Override
  public boolean frame(long timestamp, Frame frame) {
    if (frame.codec() != codec) {
      throw new MalformedMediaException(
          "video tag", 1, "a frame of " + frame.codec() + " among those of " + codec);
    }
    VideoUnit unit = reader.read(frame.data());
    if (unit == null) {
      return false;
    }
    if (unit.kind() == Kind.NO_PICTURE) {
      holdBack(unit.data());
      return true;
    }
    long millis = timeline.place(timestamp);
    checkKeyFrames(millis, unit.kind());
    long dts = millis * TICKS_PER_MILLI + ticks(frame.nanos());
    int offset = (int) (composition(frame) * TICKS_PER_MILLI);
    boolean sync = unit.kind() == Kind.SYNC;
    out.sample(this, millis, new Sample(id, dts, offset, sync, withHeldBack(unit.data())));
    return true;
  }

  private static long ticks(int nanos) {
    return (nanos * TICKS_PER_MILLI + 500_000) / 1_000_000;
  }

  /** A millisecond or two before decoding is the rounding of an encoder without B-frames. */
  private static int composition(Frame frame) {
    int millis = frame.compositionMillis();
    return millis == -1 || millis == -2 ? 0 : millis;
  }

  /** Parameter sets or SEI that came in a message of their own belong to the next picture. */
  private void holdBack(Buffer units) {
    if (withoutPicture == null) {
      withoutPicture = units.copy();
    } else if (withoutPicture.length() + units.length() <= MAX_HELD_BACK) {
      withoutPicture.appendBuffer(units);
    }
  }

  private Buffer withHeldBack(Buffer picture) {
    Buffer before = withoutPicture;
    if (before == null) {
      return picture;
    }
    withoutPicture = null;
    return Buffer.buffer(before.length() + picture.length())
        .appendBuffer(before)
        .appendBuffer(picture);
  }

  private void checkKeyFrames(long millis, Kind kind) {
    sawSync |= kind == Kind.SYNC;
    sawRecoveryPoint |= kind == Kind.RECOVERY_POINT;
    if (!sawSync && passed.at(millis) > keyFrameWaitMillis) {
      throw new UnsupportedMediaException(
          "no IDR key frame came in "
              + keyFrameWaitMillis / 1000
              + (sawRecoveryPoint ? " s, only recovery points" : " s")
              + "; set the encoder's key frame interval to 2 s, closed GOP, no intra refresh");
    }
  }

  private static VideoReader readerOf(FlvCodec codec) {
    return switch (codec) {
      case H264 -> new H264Reader();
      case H265 -> new H265Reader();
      case AV1 -> new Av1Reader();
      case VP9 -> new Vp9Reader();
      case AAC, OPUS, FLAC, AC3, EAC3 ->
          throw new IllegalArgumentException(codec + " is not video");
    };
  }
}
