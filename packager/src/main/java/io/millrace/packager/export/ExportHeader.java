package io.millrace.packager.export;

import io.millrace.packager.export.Boxes.Box;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The {@code ftyp} and {@code moov} of a file with several tracks, out of CMAF headers of one. */
final class ExportHeader {
  private static final int TRACK_ID_OF_TRACK = 8;
  private static final int DURATION_OF_MOVIE = 12;

  private ExportHeader() {}

  /**
   * Writes it. Tracks are numbered from 1, in their order.
   *
   * @throws io.millrace.media.MalformedMediaException when a header is not like ours
   */
  static Buffer of(List<Buffer> headers, Duration duration) {
    Buffer first = headers.getFirst();
    Buffer movie = box(first, "moov", "mvhd").copy();
    long ticks = Math.min(duration.toMillis(), 0xFFFF_FFFFL);
    movie.setUnsignedInt(8 + 4 + DURATION_OF_MOVIE, ticks);
    movie.setUnsignedInt(movie.length() - 4, headers.size() + 1L);
    Buffer inside = Buffer.buffer().appendBuffer(movie);
    Buffer fragments = Buffer.buffer();
    fragments.appendBuffer(full("mehd", Buffer.buffer().appendUnsignedInt(ticks)));
    for (int i = 0; i < headers.size(); i++) {
      Buffer header = headers.get(i);
      Buffer track = box(header, "moov", "trak").copy();
      Box trak = Boxes.of(track, 0, track.length()).getFirst();
      Box tkhd = Boxes.at(track, Boxes.in(track, trak), "tkhd");
      track.setUnsignedInt(tkhd.field(TRACK_ID_OF_TRACK, 4), i + 1L);
      inside.appendBuffer(track);
      Buffer trex = box(header, "moov", "mvex", "trex").copy();
      trex.setUnsignedInt(12, i + 1L);
      fragments.appendBuffer(trex);
    }
    inside.appendBuffer(wrapped("mvex", fragments));
    Buffer type =
        wrapped(
            "ftyp",
            Buffer.buffer("iso6")
                .appendInt(0)
                .appendString("iso6")
                .appendString("iso5")
                .appendString("mp41"));
    return type.appendBuffer(wrapped("moov", inside));
  }

  /** Ticks a second of the track of a header. */
  static long timescale(Buffer header) {
    Box mdhd =
        Boxes.at(header, Boxes.of(header, 0, header.length()), "moov", "trak", "mdia", "mdhd");
    return header.getUnsignedInt(mdhd.field(8, 4));
  }

  private static Buffer box(Buffer header, String... path) {
    Box found = Boxes.at(header, Boxes.of(header, 0, header.length()), path);
    return header.getBuffer(found.start(), found.end());
  }

  private static Buffer full(String type, Buffer inside) {
    return wrapped(type, Buffer.buffer().appendInt(0).appendBuffer(inside));
  }

  private static Buffer wrapped(String type, Buffer inside) {
    return Buffer.buffer(inside.length() + 8)
        .appendInt(inside.length() + 8)
        .appendString(type, StandardCharsets.US_ASCII.name())
        .appendBuffer(inside);
  }
}
