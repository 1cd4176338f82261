package io.millrace.validator.mp4;

import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.mp4.Mp4Boxes.Box;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an init section says about one track.
 *
 * @param handler {@code vide} or {@code soun}
 * @param codec the sample entry's type, as {@code avc1}
 * @param format what the sample entry's configuration says
 * @param encrypted whether samples can't be read
 * @param nalLengthSize bytes of the lengths before NAL units; 0 for other codecs
 * @param defaultDuration {@code trex}: of a sample, in the timescale, where the fragment says none
 * @param defaultSize {@code trex}: of a sample in bytes
 * @param defaultFlags {@code trex}
 */
public record Mp4Track(
    long id,
    long timescale,
    String handler,
    String codec,
    TrackFormat format,
    boolean encrypted,
    int nalLengthSize,
    long defaultDuration,
    long defaultSize,
    int defaultFlags) {

  /**
   * Reads the tracks of an init section, in order.
   *
   * @throws MalformedMp4Exception when there are none, or a box ends too early
   */
  public static List<Mp4Track> read(byte[] init) {
    try {
      return tracks(init);
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new MalformedMp4Exception(0, "a box of the init section ends too early");
    }
  }

  private static List<Mp4Track> tracks(byte[] init) {
    Box moov =
        Mp4Boxes.read(init)
            .first("moov")
            .orElseThrow(() -> new MalformedMp4Exception(0, "no moov in the init section"));
    Map<Long, ByteBuffer> defaults = new HashMap<>();
    moov.at("mvex")
        .all("trex")
        .forEach(
            trex -> {
              ByteBuffer reader = trex.reader().position(4);
              defaults.put(Integer.toUnsignedLong(reader.getInt()), reader);
            });
    List<Mp4Track> tracks = new ArrayList<>();
    moov.all("trak").forEach(trak -> tracks.add(track(trak, defaults)));
    return tracks;
  }

  private static Mp4Track track(Box trak, Map<Long, ByteBuffer> defaults) {
    ByteBuffer tkhd = trak.at("tkhd").reader();
    long id = Integer.toUnsignedLong(tkhd.getInt(tkhd.get(0) == 1 ? 20 : 12));
    ByteBuffer mdhd = trak.at("mdia", "mdhd").reader();
    long timescale = Integer.toUnsignedLong(mdhd.getInt(mdhd.get(0) == 1 ? 20 : 12));
    String handler = SampleEntry.fourCc(trak.at("mdia", "hdlr").reader(), 8);
    SampleEntry entry = SampleEntry.read(trak.at("mdia", "minf", "stbl", "stsd"), handler);
    if (timescale == 0) {
      throw new MalformedMp4Exception(trak.offset(), "a timescale of 0");
    }
    ByteBuffer trex = defaults.get(id);
    if (trex == null) {
      throw new MalformedMp4Exception(trak.offset(), "no trex for track " + id);
    }
    int at = trex.position() + 4;
    return new Mp4Track(
        id,
        timescale,
        handler,
        entry.type(),
        entry.format(),
        entry.encrypted(),
        entry.nalLengthSize(),
        Integer.toUnsignedLong(trex.getInt(at)),
        Integer.toUnsignedLong(trex.getInt(at + 4)),
        trex.getInt(at + 8));
  }
}
