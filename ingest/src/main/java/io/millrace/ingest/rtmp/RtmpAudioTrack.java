package io.millrace.ingest.rtmp;

import io.millrace.ingest.elementary.AacReader;
import io.millrace.ingest.elementary.AudioReader;
import io.millrace.ingest.elementary.DolbyReader;
import io.millrace.ingest.elementary.FlacReader;
import io.millrace.ingest.elementary.OpusReader;
import io.millrace.ingest.rtmp.FlvTag.Frame;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.TrackLabel;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An audio track on its coder's sample rate. RTMP's milliseconds are too coarse for sound, so
 * access units follow each other without a gap as long as the messages agree within a few
 * milliseconds.
 */
final class RtmpAudioTrack implements RtmpTrack {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Messages are a millisecond off by their rounding alone. */
  private static final int MIN_TOLERANCE_HERTZ = 500;

  private static final int MAX_TOLERANCE_HERTZ = 100;

  /** Farther ahead it is on a clock of another time. */
  private static final long BESIDE_MILLIS = 1_000;

  private final TrackId id;
  private final int multitrackId;
  private final RtmpTimeline timeline;
  private final Output out;
  private final AudioReader.Sink sink = this::unit;

  private FlvCodec codec;
  private AudioReader reader;
  private @Nullable Track track;
  private TrackLabel label = TrackLabel.NONE;
  private long nextDts = Long.MIN_VALUE;
  private Timescale timescale = Timescale.MILLIS;

  // The message that is being read.
  private long timestamp;
  private int nanos;
  private long millis;
  private boolean placed;
  private boolean begun;

  RtmpAudioTrack(TrackId id, int multitrackId, FlvCodec codec, RtmpTimeline timeline, Output out) {
    this.id = id;
    this.multitrackId = multitrackId;
    this.codec = codec;
    this.reader = readerOf(codec);
    this.timeline = timeline;
    this.out = out;
  }

  @Override
  public int multitrackId() {
    return multitrackId;
  }

  @Override
  public @Nullable Track track() {
    TrackFormat.Audio format = reader.format();
    if (format != null && (track == null || !track.format().equals(format))) {
      track = new Track(id, format, new Timescale(format.clockRate()), label);
    }
    return track;
  }

  /** What its publisher says of it. */
  void label(TrackLabel said) {
    if (!said.equals(label)) {
      label = said;
      Track before = track;
      track = before == null ? null : before.withLabel(said);
    }
  }

  @Override
  public void start(FlvCodec newCodec, Buffer record) {
    if (newCodec == codec) {
      reader.configure(record);
      return;
    }
    AudioReader newReader = readerOf(newCodec);
    newReader.configure(record);
    reader = newReader;
    codec = newCodec;
  }

  /** Whether it has had a sample. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether its last message stands at a time of the publisher's timeline, or shortly behind. */
  boolean hasReached(long timelineMillis) {
    return millis >= timelineMillis && millis - timelineMillis <= BESIDE_MILLIS;
  }

  /** How many channels the track has, where its configuration does not say so. */
  void channels(int count) {
    if (reader instanceof OpusReader opus) {
      opus.channels(count);
    }
  }

  @Override
  public boolean frame(long messageTimestamp, Frame frame) {
    if (frame.codec() != codec) {
      throw new MalformedMediaException(
          "audio tag", 1, "a frame of " + frame.codec() + " among those of " + codec);
    }
    timestamp = messageTimestamp;
    nanos = frame.nanos();
    placed = false;
    return reader.read(frame.data(), sink);
  }

  private void unit(Buffer data, int duration) {
    Track of = Objects.requireNonNull(track());
    if (!of.timescale().equals(timescale)) {
      timescale = of.timescale();
      nextDts = Long.MIN_VALUE;
    }
    long dts = placed ? nextDts : place(duration);
    nextDts = dts + duration;
    out.sample(this, millis, new Sample(id, dts, 0, true, data));
  }

  /** Where the message's first access unit goes. */
  private long place(int duration) {
    placed = true;
    begun = true;
    millis = timeline.place(timestamp);
    int rate = timescale.ticksPerSecond();
    long told =
        Timescale.rescale(millis, Timescale.MILLIS, timescale)
            + nanos * (long) rate / NANOS_PER_SECOND;
    if (nextDts == Long.MIN_VALUE) {
      return told;
    }
    long tolerance =
        Math.max(rate / MIN_TOLERANCE_HERTZ, Math.min(rate / MAX_TOLERANCE_HERTZ, duration / 2));
    return Math.abs(told - nextDts) <= tolerance ? nextDts : told;
  }

  private static AudioReader readerOf(FlvCodec codec) {
    return switch (codec) {
      case AAC -> new AacReader();
      case OPUS -> new OpusReader();
      case FLAC -> new FlacReader();
      case AC3 -> new DolbyReader(false);
      case EAC3 -> new DolbyReader(true);
      case H264, H265, AV1, VP9 -> throw new IllegalArgumentException(codec + " is not audio");
    };
  }
}
