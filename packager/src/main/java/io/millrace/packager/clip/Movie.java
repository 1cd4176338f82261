package io.millrace.packager.clip;

import io.millrace.media.LanguageTag;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.TrackLabel;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AvcConfiguration;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a {@code moov} box says of the tracks that can be published. */
public final class Movie {
  private Movie() {}

  /**
   * A track with its samples.
   *
   * @param shift what the edit list adds to every decoding time, in the track's timescale
   */
  record MovieTrack(Track track, SampleTable samples, long shift) {}

  /**
   * Reads the first H.264 and the first AAC track.
   *
   * @param moov the inside of the box
   * @throws MalformedMediaException when the box breaks its form
   * @throws UnsupportedMediaException when there is no such track, or the file is fragmented
   */
  static List<MovieTrack> read(Buffer moov, long fileSize) {
    BoxReader reader = new BoxReader("moov", moov);
    List<BoxReader> boxes = reader.children();
    if (BoxReader.find(boxes, "mvex").isPresent()) {
      throw new UnsupportedMediaException("fragmented MP4 files cannot be read");
    }
    BoxReader mvhd = reader.only(boxes, "mvhd");
    boolean wide = mvhd.u8() == 1;
    long movieTimescale = mvhd.skip(3 + (wide ? 16 : 8)).u32();
    List<MovieTrack> tracks = new ArrayList<>();
    boolean video = false;
    boolean audio = false;
    for (BoxReader box : boxes) {
      if (box.type().equals("trak")) {
        Optional<MovieTrack> track = track(box, tracks.size() + 1, movieTimescale, fileSize);
        boolean wanted = track.isPresent() && (track.get().track().isVideo() ? !video : !audio);
        if (wanted) {
          video |= track.get().track().isVideo();
          audio |= !track.get().track().isVideo();
          tracks.add(track.get());
        }
      }
    }
    if (tracks.isEmpty()) {
      throw new UnsupportedMediaException("the file has neither an H.264 nor an AAC track");
    }
    return tracks;
  }

  private static Optional<MovieTrack> track(
      BoxReader trak, int id, long movieTimescale, long fileSize) {
    List<BoxReader> boxes = trak.children();
    BoxReader mdia = trak.only(boxes, "mdia");
    List<BoxReader> media = mdia.children();
    BoxReader mdhd = mdia.only(media, "mdhd");
    boolean wide = mdhd.u8() == 1;
    long ticks = mdhd.skip(3 + (wide ? 16 : 8)).u32();
    if (ticks < 1 || ticks > Integer.MAX_VALUE) {
      throw mdhd.malformed("timescale " + ticks);
    }
    int language = mdhd.skip(wide ? 8 : 4).u16();
    TrackLabel label = label(language, BoxReader.find(media, "elng"));
    BoxReader minf = mdia.only(media, "minf");
    BoxReader stbl = minf.only(minf.children(), "stbl");
    List<BoxReader> tables = stbl.children();
    Optional<TrackFormat> format = format(stbl.only(tables, "stsd"));
    if (format.isEmpty()) {
      return Optional.empty();
    }
    Timescale timescale = new Timescale((int) ticks);
    long shift =
        BoxReader.find(boxes, "edts")
            .flatMap(edts -> BoxReader.find(edts.children(), "elst"))
            .map(elst -> shift(elst, timescale, movieTimescale))
            .orElse(0L);
    return Optional.of(
        new MovieTrack(
            new Track(new TrackId(id), format.get(), timescale, label),
            SampleTable.read(stbl, tables, fileSize),
            shift));
  }

  /**
   * The language of a track (ISO/IEC 14496-12 8.4.2, 8.4.6); none where it is said not to be known,
   * or in a way of another time.
   */
  private static TrackLabel label(int packed, Optional<BoxReader> extended) {
    StringBuilder code = new StringBuilder();
    for (int shift = 10; shift >= 0; shift -= 5) {
      code.append((char) (0x60 + (packed >> shift & 0x1F)));
    }
    String said =
        extended
            .map(elng -> elng.skip(4).take(elng.remaining()).toString().replace("\0", ""))
            .orElse(code.toString());
    try {
      return TrackLabel.of(LanguageTag.of(said));
    } catch (IllegalArgumentException _) {
      return TrackLabel.NONE;
    }
  }

  private static Optional<TrackFormat> format(BoxReader stsd) {
    List<BoxReader> entries = stsd.skip(8).children();
    if (entries.size() != 1) {
      return Optional.empty();
    }
    BoxReader entry = entries.get(0);
    return switch (entry.type()) {
      case "avc1" -> {
        List<BoxReader> inside = entry.skip(78).children();
        BoxReader avcC = entry.only(inside, "avcC");
        yield Optional.of(
            new TrackFormat.H264(AvcConfiguration.parse(avcC.take(avcC.remaining()))));
      }
      case "mp4a" -> {
        List<BoxReader> inside = entry.skip(28).children();
        yield BoxReader.find(inside, "esds").map(Movie::aac);
      }
      default -> Optional.empty();
    };
  }

  /** The decoder's configuration inside the descriptors (ISO/IEC 14496-1 7.2.6). */
  private static TrackFormat aac(BoxReader esds) {
    esds.skip(4);
    descriptor(esds, 3);
    esds.skip(2);
    int flags = esds.u8();
    if ((flags & 0x80) != 0) {
      esds.skip(2);
    }
    if ((flags & 0x40) != 0) {
      esds.skip(esds.u8());
    }
    if ((flags & 0x20) != 0) {
      esds.skip(2);
    }
    descriptor(esds, 4);
    int objectType = esds.u8();
    if (objectType != 0x40) {
      throw new UnsupportedMediaException("audio of object type " + objectType);
    }
    esds.skip(12);
    int length = descriptor(esds, 5);
    return new TrackFormat.Aac(AacConfiguration.parse(esds.take(length)));
  }

  private static int descriptor(BoxReader esds, int tag) {
    int found = esds.u8();
    if (found != tag) {
      throw esds.malformed("descriptor " + found + " where " + tag + " belongs");
    }
    int length = 0;
    for (int i = 0; i < 4; i++) {
      int value = esds.u8();
      length = length << 7 | (value & 0x7F);
      if ((value & 0x80) == 0) {
        break;
      }
    }
    return length;
  }

  /** An empty edit delays a track; the first other one says which media time is its start. */
  private static long shift(BoxReader elst, Timescale timescale, long movieTimescale) {
    boolean wide = elst.u8() == 1;
    int entries = elst.skip(3).entries(wide ? 20 : 12);
    long delay = 0;
    for (int i = 0; i < entries; i++) {
      long duration = wide ? elst.u63() : elst.u32();
      long mediaTime = wide ? elst.i64() : elst.i32();
      elst.skip(4);
      if (mediaTime >= 0) {
        return delay - mediaTime;
      }
      if (movieTimescale > 0 && movieTimescale <= Integer.MAX_VALUE && duration < 1L << 40) {
        delay += Timescale.rescale(duration, new Timescale((int) movieTimescale), timescale);
      }
    }
    return delay;
  }
}
