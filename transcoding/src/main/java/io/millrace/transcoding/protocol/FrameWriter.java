package io.millrace.transcoding.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes frames: a length of four bytes (of what follows it), a byte that tells the kind, and the
 * fields in the order of their record, numbers with their highest byte first.
 */
public final class FrameWriter {
  static final int MAGIC = 0x4D52_5443;
  static final int LENGTH_BYTES = 4;

  /** A frame's largest fixed fields, beside one payload. */
  static final int FIXED_BYTES = 64;

  private static final int FIRST_CAPACITY = 256;

  private ByteBuffer out = ByteBuffer.allocate(FIRST_CAPACITY);

  private FrameWriter() {}

  /**
   * The frame's bytes, in a buffer of its own.
   *
   * @throws IllegalArgumentException when a list or a text is longer than the protocol allows
   */
  public static ByteBuffer write(Frame frame) {
    FrameWriter writer = new FrameWriter();
    writer.out.position(LENGTH_BYTES);
    writer.fields(frame);
    int length = writer.out.position() - LENGTH_BYTES;
    if (length > FrameReader.LONGEST_FRAME) {
      throw new IllegalArgumentException("frame of " + length + " bytes");
    }
    return writer.out.putInt(0, length).flip();
  }

  private void fields(Frame frame) {
    switch (frame) {
      case Frame.Hello hello -> {
        kind(FrameKind.HELLO);
        need(6).putInt(MAGIC).putShort((short) hello.version());
        text(hello.program());
        texts(hello.encoders());
      }
      case Frame.Open open -> {
        kind(FrameKind.OPEN);
        need(9).putLong(open.segmentNanos()).put((byte) (open.latency() == Latency.LOW ? 1 : 0));
        texts(open.encoders());
        need(3)
            .put((byte) (open.loudness().isPresent() ? 1 : 0))
            .putShort((short) open.loudness().orElse(0));
        count(open.stills());
        for (StillWish wish : open.stills()) {
          need(11).put((byte) wish.number()).putShort((short) wish.lines());
          out.putLong(wish.intervalNanos());
        }
      }
      case Frame.Tracks(var tracks, var rungs) -> {
        kind(FrameKind.TRACKS);
        tracks(tracks);
        count(rungs);
        for (RungWish rung : rungs) {
          need(7).put((byte) rung.number()).putShort((short) rung.lines()).putInt(rung.bitRate());
        }
      }
      case Frame.SourceSample(var sample, boolean startsSegment) -> {
        kind(FrameKind.SOURCE_SAMPLE);
        need(1).put((byte) (startsSegment ? 1 : 0));
        sample(sample);
      }
      case Frame.Break(long mediaNanos) -> {
        kind(FrameKind.BREAK);
        need(8).putLong(mediaNanos);
      }
      case Frame.End() -> kind(FrameKind.END);
      case Frame.KeyFrame(int number, int lines, var track, var sample) -> {
        kind(FrameKind.KEY_FRAME);
        need(3).put((byte) number).putShort((short) lines);
        track(track);
        sample(sample);
      }
      case Frame.Tile tile -> {
        kind(FrameKind.TILE);
        size(tile.number(), tile.width(), tile.height());
        rest(tile.file());
      }
      case Frame.Sheet sheet -> {
        kind(FrameKind.SHEET);
        size(sheet.number(), sheet.width(), sheet.height());
        rest(sheet.planes());
      }
      case Frame.Taken(long samples, long skipped) -> {
        kind(FrameKind.TAKEN);
        need(16).putLong(samples).putLong(skipped);
      }
      case Frame.RungTracks(int rung, String encoder, var tracks) -> {
        kind(FrameKind.RUNG_TRACKS);
        need(1).put((byte) rung);
        text(encoder);
        tracks(tracks);
      }
      case Frame.RungSample(int rung, var sample) -> {
        kind(FrameKind.RUNG_SAMPLE);
        need(1).put((byte) rung);
        sample(sample);
      }
      case Frame.RungBreak(int rung, long mediaNanos) -> {
        kind(FrameKind.RUNG_BREAK);
        need(9).put((byte) rung).putLong(mediaNanos);
      }
      case Frame.Still still -> {
        kind(FrameKind.STILL);
        need(13).put((byte) still.wish()).putLong(still.mediaNanos());
        out.putShort((short) still.width()).putShort((short) still.height());
        rest(still.jpeg());
      }
      case Frame.Refused(String reason) -> {
        kind(FrameKind.REFUSED);
        text(reason);
      }
      case Frame.Ended() -> kind(FrameKind.ENDED);
      case Frame.OpenFile(String path) -> {
        kind(FrameKind.OPEN_FILE);
        text(path);
      }
      case Frame.FileTracks(long durationNanos, var tracks) -> {
        kind(FrameKind.FILE_TRACKS);
        need(8).putLong(durationNanos);
        count(tracks);
        for (FileTrack track : tracks) {
          track(track.track());
          text(track.language());
        }
      }
      case Frame.FileSample(var sample) -> {
        kind(FrameKind.FILE_SAMPLE);
        sample(sample);
      }
    }
  }

  private void kind(FrameKind kind) {
    need(1).put((byte) kind.number);
  }

  private void size(int number, int width, int height) {
    need(5).put((byte) number).putShort((short) width).putShort((short) height);
  }

  private void tracks(List<WireTrack> tracks) {
    count(tracks);
    tracks.forEach(this::track);
  }

  private void track(WireTrack track) {
    ByteBuffer record = track.record();
    need(28 + record.remaining());
    out.putInt(track.id()).putInt(track.timescale()).put((byte) track.codec().number());
    out.putShort((short) track.width()).putShort((short) track.height());
    out.putInt(track.milliFrames()).putInt(track.sampleRate()).put((byte) track.channels());
    out.putInt(record.remaining()).put(record);
  }

  private void sample(WireSample sample) {
    need(17).putInt(sample.track()).putLong(sample.dts()).putInt(sample.compositionOffset());
    out.put((byte) (sample.sync() ? 1 : 0));
    rest(sample.payload());
  }

  private void rest(ByteBuffer bytes) {
    need(bytes.remaining()).put(bytes);
  }

  private void texts(List<String> texts) {
    count(texts);
    texts.forEach(this::text);
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > FrameReader.LONGEST_TEXT) {
      throw new IllegalArgumentException("text of " + bytes.length + " bytes");
    }
    need(2 + bytes.length).putShort((short) bytes.length).put(bytes);
  }

  private void count(List<?> list) {
    if (list.size() > FrameReader.LONGEST_LIST) {
      throw new IllegalArgumentException("list of " + list.size());
    }
    need(1).put((byte) list.size());
  }

  private ByteBuffer need(int bytes) {
    if (out.remaining() < bytes) {
      int wanted = Math.max(out.capacity() * 2, out.position() + bytes);
      out = ByteBuffer.allocate(wanted).put(out.flip());
    }
    return out;
  }
}
