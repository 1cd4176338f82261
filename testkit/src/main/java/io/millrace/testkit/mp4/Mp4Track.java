package io.millrace.testkit.mp4;

import io.millrace.testkit.mp4.Mp4Boxes.Box;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an init section says about one track.
 *
 * @param handler {@code vide} or {@code soun}
 * @param codec the sample entry's type, as {@code avc1}
 * @param defaultDuration {@code trex}: of a sample, in the timescale, where the fragment says none
 * @param defaultSize {@code trex}: of a sample in bytes
 * @param defaultFlags {@code trex}
 */
public record Mp4Track(
    long id,
    long timescale,
    String handler,
    String codec,
    long defaultDuration,
    long defaultSize,
    int defaultFlags) {

  /** Reads the tracks of an init section, in order. */
  public static List<Mp4Track> read(byte[] init) {
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
    String handler = fourCc(trak.at("mdia", "hdlr").reader(), 8);
    String codec = fourCc(trak.at("mdia", "minf", "stbl", "stsd").reader(), 12);
    ByteBuffer trex = defaults.get(id);
    if (trex == null) {
      throw new MalformedMp4Exception(trak.offset(), "no trex for track " + id);
    }
    int at = trex.position() + 4;
    return new Mp4Track(
        id,
        timescale,
        handler,
        codec,
        Integer.toUnsignedLong(trex.getInt(at)),
        Integer.toUnsignedLong(trex.getInt(at + 4)),
        trex.getInt(at + 8));
  }

  private static String fourCc(ByteBuffer buffer, int at) {
    byte[] type = new byte[4];
    buffer.get(at, type);
    return new String(type, StandardCharsets.ISO_8859_1);
  }
}
