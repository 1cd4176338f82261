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
 *   KeyFrame, Tile, Sheet ───────────────> Still (one for each, in their order)
 *
 *   OpenFile ────────────────────────────> FileTracks, FileSample …, Ended
 *                                        > Refused (the words are for whoever has the file)
 * </pre>
 *
 * Tracks may come again at any time, with other formats and rungs; a Break has new Tracks behind
 * it. What answers what is told by order alone, for each rung by itself. Pictures of many streams
 * are a conversation of their own, which begins behind the hellos, and so is the reading of a file:
 * there nobody answers, and the transcoder waits where the connection does not take more.
 */
public sealed interface Frame {
  /** Raised with every change that the other side would not understand. */
  int VERSION = 4;

  /** Of a tile's and a sheet's sides, in pixels. */
  int LARGEST_SHEET = 8_192;

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
   * @param segmentNanos how long a group of pictures may be before a key frame is put into it,
   *     beside those of the source and of the starts of segments
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

  /**
   * An access unit of the source.
   *
   * @param startsSegment whether a segment of pictures begins here, which every rung is to begin
   *     with a key frame that is decoded at the same time
   */
  record SourceSample(WireSample sample, boolean startsSegment) implements Frame {}

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
   * A key frame of any stream that is to be made small, as one tile of a sheet: its answer has the
   * planes that {@link Sheet} takes.
   *
   * @param number as a key frame's
   * @param width of the tile, even; the picture is fitted in, with black beside it
   * @param height likewise
   * @param file the beginning of an MP4 file or of a transport stream, with one picture
   */
  record Tile(int number, int width, int height, ByteBuffer file) implements Frame {
    public Tile {
      checkPicture(number, width, height);
      if (file.remaining() > WireSample.LONGEST) {
        throw new IllegalArgumentException("key frame of " + file.remaining() + " bytes");
      }
      file = file.asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer file() {
      return file.duplicate();
    }
  }

  /**
   * A picture that is to be made a JPEG of, whole: tiles side by side.
   *
   * @param number as a key frame's
   * @param width even
   * @param height even
   * @param planes full-range Y, Cb and Cr of 4:2:0, row by row without gaps
   */
  record Sheet(int number, int width, int height, ByteBuffer planes) implements Frame {
    public Sheet {
      checkPicture(number, width, height);
      if (planes.remaining() != width * height * 3 / 2) {
        throw new IllegalArgumentException(
            "%d bytes for %d x %d pixels".formatted(planes.remaining(), width, height));
      }
      planes = planes.asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer planes() {
      return planes.duplicate();
    }
  }

  private static void checkPicture(int number, int width, int height) {
    boolean even = width % 2 == 0 && height % 2 == 0;
    boolean fits = width >= 2 && width <= LARGEST_SHEET && height >= 2 && height <= LARGEST_SHEET;
    // Its planes go into one frame.
    boolean small = fits && (long) width * height * 3 / 2 <= WireSample.LONGEST;
    if (number < 0 || number > 255 || !even || !small) {
      throw new IllegalArgumentException(
          "picture %d of %d x %d pixels".formatted(number, width, height));
    }
  }

  /**
   * A file that is to be read.
   *
   * @param path absolute, on this machine
   */
  record OpenFile(String path) implements Frame {}

  /**
   * The tracks of a file from here on.
   *
   * @param durationNanos of the whole file, as it says itself; 0 where it doesn't
   */
  record FileTracks(long durationNanos, List<FileTrack> tracks) implements Frame {
    public FileTracks {
      tracks = List.copyOf(tracks);
      if (durationNanos < 0) {
        throw new IllegalArgumentException("file of " + durationNanos + " ns");
      }
    }
  }

  /** An access unit of a file; its media begins at 0, or a little before. */
  record FileSample(WireSample sample) implements Frame {}

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
   * A picture as JPEG; for a {@link Tile}, its planes.
   *
   * @param wish which {@link StillWish}, {@link KeyFrame}, {@link Tile} or {@link Sheet} it answers
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
