package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.FlvTag.AacFrame;
import io.millrace.ingest.rtmp.FlvTag.AacHeader;
import io.millrace.ingest.rtmp.FlvTag.AvcFrame;
import io.millrace.ingest.rtmp.FlvTag.AvcHeader;
import io.millrace.ingest.rtmp.FlvTag.Nothing;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.Discontinuity;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AvcConfiguration;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Maps one publisher's audio and video messages to media events: video is track 1 on 90 kHz, audio
 * track 2 on the core coder's sample rate.
 *
 * <p>The first events wait until both tracks are known, at most the track wait by the media's own
 * time (or {@value #MAX_HELD_BYTES} bytes): a publisher may have only one. Sequence headers that
 * repeat what is known are ignored; others announce the tracks anew. Where the encoder has set its
 * clock a {@link Discontinuity} goes before the next sample.
 */
final class RtmpToStream {
  private static final TrackId VIDEO = new TrackId(1);
  private static final TrackId AUDIO = new TrackId(2);
  private static final long TICKS_PER_MILLI = Timescale.VIDEO.ticksPerSecond() / 1000;
  private static final int MAX_HELD_BYTES = 16 << 20;

  private final long trackWaitMillis;
  private final long keyFrameWaitMillis;
  private final Consumer<MediaEvent> out;
  private final RtmpTimeline timeline = new RtmpTimeline();
  private final List<MediaEvent> held = new ArrayList<>();

  private @Nullable AvcConfiguration avc;
  private @Nullable Buffer avcHeader;
  private int nalLengthSize;
  private @Nullable AacConfiguration aac;
  private boolean announced;
  private boolean hintVideo = true;
  private boolean hintAudio = true;
  private long heldSince;
  private int heldBytes;
  private long stepsTold;

  private long lastVideoDts = Long.MIN_VALUE;
  private long firstVideoMillis = Long.MIN_VALUE;
  private boolean sawIdr;
  private @Nullable Buffer withoutPicture;

  private long nextAudioDts = Long.MIN_VALUE;
  private long skipped;

  /**
   * @param trackWait how long the second track is waited for
   * @param keyFrameWait how long the first IDR picture is waited for
   * @param out takes the events, in order
   */
  RtmpToStream(Duration trackWait, Duration keyFrameWait, Consumer<MediaEvent> out) {
    this.trackWaitMillis = trackWait.toMillis();
    this.keyFrameWaitMillis = keyFrameWait.toMillis();
    this.out = out;
  }

  /** What the publisher's metadata says will come; shortens the wait, nothing else. */
  void expect(boolean video, boolean audio) {
    if (video || audio) {
      hintVideo = video;
      hintAudio = audio;
    }
  }

  /** Messages that brought nothing that could be used: frames before their sequence header. */
  long skipped() {
    return skipped;
  }

  /**
   * Takes a video message.
   *
   * @param timestamp RTMP's, unsigned 32 bits of milliseconds
   * @throws MalformedMediaException when the message breaks its form
   * @throws UnsupportedMediaException when it holds what cannot be carried
   */
  void video(long timestamp, Buffer body) {
    switch (FlvTags.video(body)) {
      case AvcHeader header -> avcHeader(header.record());
      case AvcFrame frame -> avcFrame(timestamp, frame);
      case Nothing _, AacHeader _, AacFrame _ -> {}
    }
  }

  /** Takes an audio message; as {@link #video}. */
  void audio(long timestamp, Buffer body) {
    switch (FlvTags.audio(body)) {
      case AacHeader header -> aacHeader(header.record());
      case AacFrame frame -> aacFrame(timestamp, frame);
      case Nothing _, AvcHeader _, AvcFrame _ -> {}
    }
  }

  /** The publisher is done: what still waited for a second track goes out. */
  void finish() {
    if (!announced && !held.isEmpty()) {
      announce();
    }
  }

  private void avcHeader(Buffer record) {
    if (record.equals(avcHeader)) {
      return;
    }
    AvcConfiguration configuration = AvcConfiguration.parse(record);
    nalLengthSize = configuration.nalLengthSize();
    avcHeader = record.copy();
    avc = configuration.withLengthsOfFour();
    tracksChanged();
  }

  private void aacHeader(Buffer record) {
    if (aac == null || !aac.record().equals(record)) {
      AacConfiguration known = aac;
      aac = AacConfiguration.parse(record);
      if (known != null && known.coreSampleRate() != aac.coreSampleRate()) {
        nextAudioDts = Long.MIN_VALUE;
      }
      tracksChanged();
    }
  }

  private void avcFrame(long timestamp, AvcFrame frame) {
    if (avc == null) {
      skipped++;
      return;
    }
    AvcAccessUnit unit = AvcAccessUnit.read(frame.nals(), nalLengthSize);
    if (!unit.picture()) {
      holdBack(unit.data());
      return;
    }
    Buffer payload = unit.data();
    if (withoutPicture != null) {
      payload =
          Buffer.buffer(withoutPicture.length() + payload.length())
              .appendBuffer(withoutPicture)
              .appendBuffer(payload);
      withoutPicture = null;
    }
    long millis = timeline.video(timestamp);
    checkKeyFrames(millis, unit.idr());
    long dts = Math.max(millis * TICKS_PER_MILLI, lastVideoDts + 1);
    long pts = (millis + composition(frame)) * TICKS_PER_MILLI;
    lastVideoDts = dts;
    emit(millis, new Sample(VIDEO, dts, (int) (pts - dts), unit.idr(), payload));
  }

  /** A millisecond or two before decoding is the rounding of an encoder without B-frames. */
  private static int composition(AvcFrame frame) {
    int millis = frame.compositionMillis();
    return millis == -1 || millis == -2 ? 0 : millis;
  }

  /** Parameter sets or SEI that came in a message of their own belong to the next picture. */
  private void holdBack(Buffer nals) {
    if (withoutPicture == null) {
      withoutPicture = nals.copy();
    } else if (withoutPicture.length() + nals.length() <= MAX_HELD_BYTES / 16) {
      withoutPicture.appendBuffer(nals);
    }
  }

  private void checkKeyFrames(long millis, boolean idr) {
    sawIdr |= idr;
    if (firstVideoMillis == Long.MIN_VALUE) {
      firstVideoMillis = millis;
    }
    if (!sawIdr && millis - firstVideoMillis > keyFrameWaitMillis) {
      throw new UnsupportedMediaException(
          "no IDR key frame came in "
              + keyFrameWaitMillis / 1000
              + " s; set the encoder's key frame interval to 2 s, closed GOP, no intra refresh");
    }
  }

  /**
   * RTMP's milliseconds are too coarse for sound, so access units follow each other without a gap
   * as long as the messages agree within a few milliseconds.
   */
  private void aacFrame(long timestamp, AacFrame frame) {
    if (aac == null) {
      skipped++;
      return;
    }
    int rate = aac.coreSampleRate();
    long millis = timeline.audio(timestamp);
    long told = Timescale.rescale(millis, Timescale.MILLIS, new Timescale(rate));
    long tolerance = Math.min(rate / 100, aac.samplesPerFrame() / 2);
    long dts = told;
    if (nextAudioDts != Long.MIN_VALUE) {
      boolean steady = Math.abs(told - nextAudioDts) <= tolerance;
      long last = nextAudioDts - aac.samplesPerFrame();
      dts = steady ? nextAudioDts : Math.max(told, last + 1);
    }
    nextAudioDts = dts + aac.samplesPerFrame();
    emit(millis, new Sample(AUDIO, dts, 0, true, frame.data()));
  }

  private void tracksChanged() {
    if (announced) {
      out.accept(new TracksReady(tracks()));
    } else if (avc != null && aac != null) {
      announce();
    }
  }

  private void emit(long millis, Sample sample) {
    if (announced) {
      if (timeline.steps() != stepsTold) {
        out.accept(new Discontinuity(0));
      }
      stepsTold = timeline.steps();
      out.accept(new SampleReady(sample));
      return;
    }
    if (held.isEmpty()) {
      heldSince = millis;
    }
    held.add(new SampleReady(sample));
    heldBytes += sample.payload().length();
    boolean allThatIsExpected = !(hintVideo && avc == null) && !(hintAudio && aac == null);
    if (allThatIsExpected || millis - heldSince >= trackWaitMillis || heldBytes > MAX_HELD_BYTES) {
      announce();
    }
  }

  private void announce() {
    announced = true;
    out.accept(new TracksReady(tracks()));
    held.forEach(out);
    held.clear();
  }

  private List<Track> tracks() {
    List<Track> tracks = new ArrayList<>();
    if (avc != null) {
      tracks.add(new Track(VIDEO, new TrackFormat.H264(avc), Timescale.VIDEO));
    }
    if (aac != null) {
      Timescale timescale = new Timescale(aac.coreSampleRate());
      tracks.add(new Track(AUDIO, new TrackFormat.Aac(aac), timescale));
    }
    return tracks;
  }
}
