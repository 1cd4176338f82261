package io.millrace.transcoding.protocol;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;

/**
 * One message between the server and its transcoder.
 *
 * <pre>
 *   server                              transcoder
 *   Hello  ──────────────────────────────> Hello (what it can encode)
 *   Open   ──────────────────────────────>
 *   Tracks, SourceSample …, Break ───────> Taken (after each sample: so much is done)
 *                                        > RungTracks, RungSample …, RungBreak, Still
 *                                        > Refused (of these tracks nothing can be made)
 *   End    ──────────────────────────────> (what it still has) Ended
 *
 *   KeyFrame ────────────────────────────> Still (one for each, in their order)
 * </pre>
 *
 * Tracks may come again at any time, with other formats and rungs; a Break has new Tracks behind
 * it. What answers what is told by order alone, for each rung by itself. Key frames of many streams
 * are a conversation of their own, which begins behind the hellos.
 */
public sealed interface Frame {
  /** Raised with every change that the other side would not understand. */
  int VERSION = 2;

  /**
   * The first frame of both sides.
   *
   * @param program what speaks, for people
   * @param encoders the words of those that work here; the server has none
   */
  record Hello(int version, String program, List<String> encoders) implements Frame {
    public Hello {
      encoders = List.copyOf(encoders);
    }
  }

  /**
   * What holds for the whole conversation.
   *
   * @param segmentNanos how long a group of pictures may be before a key frame is put into it
   * @param encoders words, the most wanted first
   * @param loudness what sound is brought to, in hundredths of LUFS (-2300); empty: left alone
   */
  record Open(
      long segmentNanos,
      Latency latency,
      List<String> encoders,
      OptionalInt loudness,
      List<StillWish> stills)
      implements Frame {
    public Open {
      encoders = List.copyOf(encoders);
      stills = List.copyOf(stills);
      if (segmentNanos < 100_000_000L || segmentNanos > 60_000_000_000L) {
        throw new IllegalArgumentException("segments of " + segmentNanos + " ns");
      }
      if (loudness.isPresent() && (loudness.getAsInt() > 0 || loudness.getAsInt() < -7_000)) {
        throw new IllegalArgumentException("loudness " + loudness.getAsInt());
      }
    }
  }

  /** The source's tracks from here on, and the rungs that are to be made of them. */
  record Tracks(List<WireTrack> tracks, List<RungWish> rungs) implements Frame {
    public Tracks {
      tracks = List.copyOf(tracks);
      rungs = List.copyOf(rungs);
    }
  }

  /** An access unit of the source. */
  record SourceSample(WireSample sample) implements Frame {}

  /**
   * The source's timeline is broken here; tracks come next.
   *
   * @param mediaNanos where it goes on
   */
  record Break(long mediaNanos) implements Frame {}

  /** Nothing more comes: what has come is to be finished. */
  record End() implements Frame {}

  /**
   * A picture of any stream that is to be made a JPEG of.
   *
   * @param number 0 to 255, which its answer carries
   * @param lines of the JPEG, its shorter side; never more than the picture's
   */
  record KeyFrame(int number, int lines, WireTrack track, WireSample sample) implements Frame {
    public KeyFrame {
      if (number < 0 || number > 255 || lines < 16 || lines > 8_192 || !track.codec().isVideo()) {
        throw new IllegalArgumentException(
            "key frame %d of %s, %d lines".formatted(number, track.codec(), lines));
      }
    }
  }

  /**
   * How far the transcoder has come, counted from its start.
   *
   * @param samples of the source that are done with
   * @param skipped of these, could not be decoded
   */
  record Taken(long samples, long skipped) implements Frame {}

  /**
   * A rung's tracks from here on; none when it is not made any more.
   *
   * @param encoder the word of who makes its pictures; empty for sound
   */
  record RungTracks(int rung, String encoder, List<WireTrack> tracks) implements Frame {
    public RungTracks {
      tracks = List.copyOf(tracks);
    }
  }

  /** An access unit of a rung. */
  record RungSample(int rung, WireSample sample) implements Frame {}

  /** The source's break, where this rung has come to it. */
  record RungBreak(int rung, long mediaNanos) implements Frame {}

  /**
   * A picture as JPEG.
   *
   * @param wish which {@link StillWish} or {@link KeyFrame} it answers
   * @param mediaNanos when it is shown, on the source's timeline
   * @param jpeg empty where a key frame could not be decoded
   */
  record Still(int wish, long mediaNanos, int width, int height, ByteBuffer jpeg) implements Frame {
    public Still {
      jpeg = jpeg.asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer jpeg() {
      return jpeg.duplicate();
    }
  }

  /** Nothing can be made of these tracks, however often it is tried; the words say why. */
  record Refused(String reason) implements Frame {}

  /** All that was owed has been sent. */
  record Ended() implements Frame {}
}
