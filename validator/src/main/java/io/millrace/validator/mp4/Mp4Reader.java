package io.millrace.validator.mp4;

import io.millrace.validator.Rule;
import io.millrace.validator.codec.Av1;
import io.millrace.validator.codec.Avc;
import io.millrace.validator.codec.Hevc;
import io.millrace.validator.codec.NalUnits;
import io.millrace.validator.codec.Vp9;
import io.millrace.validator.media.Access;
import io.millrace.validator.media.Flaws;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.MediaSample;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.mp4.Mp4Boxes.Box;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads fMP4 segments and judges F2 and F3. Pure. */
public final class Mp4Reader {
  private final List<Mp4Track> tracks;
  private final byte[] body;
  private final Flaws flaws = new Flaws();

  private Mp4Reader(List<Mp4Track> tracks, byte[] body) {
    this.tracks = tracks;
    this.body = body;
  }

  /**
   * Reads one segment.
   *
   * @param init the init section in force
   * @throws MalformedFileException when either can't be read at all
   */
  public static SegmentMedia read(byte[] init, byte[] body) {
    Mp4Reader reader = new Mp4Reader(Mp4Track.read(init), body);
    reader.init(Mp4Boxes.read(init));
    return new SegmentMedia(reader.media(Mp4Boxes.read(body)), reader.flaws.list());
  }

  /**
   * Reads the byte range of an I-frame, which may end within a mdat: the samples that are whole in
   * it. What is wrong with the file is not judged.
   *
   * @param init the init section in force
   * @throws MalformedFileException when either can't be read at all
   */
  public static SegmentMedia readIFrame(byte[] init, byte[] range) {
    byte[] body = Mp4Boxes.completed(range);
    Mp4Reader reader = new Mp4Reader(Mp4Track.read(init), body);
    Map<Mp4Track, List<MediaSample>> samples = new LinkedHashMap<>();
    for (Mp4Fragment fragment : Mp4Fragment.read(reader.tracks, body)) {
      List<Mp4Fragment.Sample> whole =
          fragment.samples().stream()
              .filter(sample -> sample.offset() + sample.size() <= range.length)
              .toList();
      reader.read(
          new Mp4Fragment(fragment.track(), fragment.baseDecodeTime(), whole),
          samples.computeIfAbsent(fragment.track(), track -> new ArrayList<>()));
    }
    List<TrackMedia> media = new ArrayList<>();
    samples.forEach(
        (track, found) ->
            media.add(new TrackMedia(track.id(), track.format(), track.timescale(), true, found)));
    return new SegmentMedia(media, List.of());
  }

  private void init(Mp4Boxes boxes) {
    if (!boxes.types().isEmpty() && !boxes.types().getFirst().equals("ftyp")) {
      flaws.add(Rule.F2, "init", "starts with " + boxes.types().getFirst() + ", not ftyp");
    }
    if (boxes.first("mdat").isPresent() || boxes.first("moof").isPresent()) {
      flaws.add(Rule.F2, "init", "has media");
    }
  }

  private List<TrackMedia> media(Mp4Boxes boxes) {
    order(boxes);
    List<Mp4Fragment> fragments = Mp4Fragment.read(tracks, body);
    offsets(boxes, fragments);
    Map<Long, List<MediaSample>> samples = new LinkedHashMap<>();
    Map<Long, Long> ends = new LinkedHashMap<>();
    for (Mp4Fragment fragment : fragments) {
      long id = fragment.track().id();
      Long end = ends.get(id);
      if (end != null && end != fragment.baseDecodeTime()) {
        flaws.add(
            Rule.F2,
            "track " + id,
            "tfdt %d, the fragment before ended at %d".formatted(fragment.baseDecodeTime(), end));
      }
      ends.put(id, fragment.end());
      read(fragment, samples.computeIfAbsent(id, track -> new ArrayList<>()));
    }
    List<TrackMedia> media = new ArrayList<>();
    for (Mp4Track track : tracks) {
      media.add(
          new TrackMedia(
              track.id(),
              track.format(),
              track.timescale(),
              true,
              samples.getOrDefault(track.id(), List.of())));
    }
    return media;
  }

  /** Each moof has its mdat behind it, tfdt in each traf (RFC 8216bis 3.1.2). */
  private void order(Mp4Boxes boxes) {
    boolean open = false;
    int moofs = 0;
    for (Box box : boxes.boxes()) {
      if (box.type().equals("moof")) {
        if (open) {
          flaws.add(Rule.F2, "moof[" + moofs + "]", "the moof before has no mdat");
        }
        open = true;
        if (box.all("mfhd").findAny().isEmpty()) {
          flaws.add(Rule.F2, "moof[" + moofs + "]", "no mfhd");
        }
        moofs++;
      } else if (box.type().equals("mdat")) {
        if (!open) {
          flaws.add(Rule.F2, "mdat at byte " + box.offset(), "no moof before it");
        }
        open = false;
      } else if (box.type().equals("moov")) {
        flaws.add(Rule.F2, "byte " + box.offset(), "a moov in a segment");
      }
    }
    if (open) {
      flaws.add(Rule.F2, "moof[" + (moofs - 1) + "]", "no mdat behind it");
    }
  }

  /** Every sample lies within a mdat, and samples fill them exactly. */
  private void offsets(Mp4Boxes boxes, List<Mp4Fragment> fragments) {
    List<long[]> ranges = new ArrayList<>();
    for (Mp4Fragment fragment : fragments) {
      for (Mp4Fragment.Sample sample : fragment.samples()) {
        ranges.add(new long[] {sample.offset(), sample.offset() + sample.size()});
      }
    }
    ranges.sort((a, b) -> Long.compare(a[0], b[0]));
    int next = 0;
    for (Box mdat : boxes.all("mdat").toList()) {
      long end = mdat.offset() + mdat.size();
      long at = end - mdat.payload().capacity();
      while (next < ranges.size() && ranges.get(next)[0] == at && ranges.get(next)[1] <= end) {
        at = ranges.get(next++)[1];
      }
      if (at != end) {
        flaws.add(
            Rule.F2,
            "mdat at byte " + mdat.offset(),
            "no sample starts at byte %d, of %d".formatted(at, end));
        return;
      }
    }
    if (next < ranges.size()) {
      flaws.add(Rule.F2, "byte " + ranges.get(next)[0], "a sample lies outside of every mdat");
    }
  }

  private void read(Mp4Fragment fragment, List<MediaSample> into) {
    Mp4Track track = fragment.track();
    long dts = fragment.baseDecodeTime();
    int number = into.size();
    for (Mp4Fragment.Sample sample : fragment.samples()) {
      String path = "track " + track.id() + ", sample " + number++;
      Access access = access(track, sample, path);
      if (sample.sync() && access == Access.NONE) {
        flaws.add(Rule.F3, path, "marked as sync, but its bitstream needs samples before it");
      } else if (!sample.sync() && access == Access.KEY) {
        flaws.add(Rule.F3, path, "a key frame that is not marked as sync");
      }
      into.add(
          new MediaSample(
              dts,
              dts + sample.compositionOffset(),
              sample.duration(),
              sample.size(),
              sample.sync(),
              access));
      dts += sample.duration();
    }
  }

  private Access access(Mp4Track track, Mp4Fragment.Sample sample, String path) {
    long end = sample.offset() + sample.size();
    if (track.encrypted() || sample.offset() < 0 || end > body.length || sample.size() == 0) {
      return Access.UNKNOWN;
    }
    if (track.format().kind() == TrackFormat.Kind.AUDIO) {
      return Access.KEY;
    }
    int from = (int) sample.offset();
    int to = (int) end;
    try {
      return switch (track.codec()) {
        case "avc1", "avc3" ->
            avc(track, NalUnits.lengthPrefixed(body, from, to, track.nalLengthSize()), path);
        case "hvc1", "hev1" ->
            Hevc.access(NalUnits.lengthPrefixed(body, from, to, track.nalLengthSize()));
        case "av01" -> Av1.access(body, from, to);
        case "vp09" -> Vp9.access(body, from, to);
        default -> Access.UNKNOWN;
      };
    } catch (MalformedFileException e) {
      flaws.add(Rule.F2, path, e.words() + " (" + e.path() + ")");
      return Access.UNKNOWN;
    }
  }

  /** Parameter sets in a sample may only repeat those of the init section (14496-15 5.3.3). */
  private Access avc(Mp4Track track, List<byte[]> nals, String path) {
    for (byte[] nal : nals) {
      if (Avc.type(nal) == Avc.SPS && track.codec().equals("avc1")) {
        TrackFormat format = Avc.format(nal);
        if (!format.equals(track.format())) {
          flaws.add(Rule.F2, path, "its parameter set says " + format + ", init " + track.format());
        }
      }
    }
    return Avc.access(nals);
  }
}
