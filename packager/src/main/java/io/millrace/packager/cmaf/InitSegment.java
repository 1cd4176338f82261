package io.millrace.packager.cmaf;

import io.millrace.media.LanguageTag;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.AspectRatio;
import io.millrace.packager.segment.Header;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The CMAF header of one track (ISO/IEC 23000-19 7.3.1): {@code ftyp} and {@code moov}. Equal
 * tracks give equal bytes, and so the same name.
 *
 * @param name {@code init-{hash}.mp4}
 */
public record InitSegment(String name, Buffer bytes) implements Header {
  private static final int TRACK_ID = 1;
  private static final int[] MATRIX = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};

  /** The header of a track. */
  public static InitSegment of(Track track) {
    BoxWriter out = new BoxWriter(1024);
    out.box("ftyp").text("iso6").u32(0).text("iso6").text("cmfc").text("mp41");
    if (track.format() instanceof TrackFormat.Av1) {
      out.text("av01");
    }
    out.end();
    out.box("moov");
    out.fullBox("mvhd", 0, 0).u32(0).u32(0).u32(1000).u32(0).u32(0x10000).u16(0x100);
    out.zeros(10);
    matrix(out).zeros(24).u32(TRACK_ID + 1L).end();
    trak(out, track);
    out.box("mvex");
    out.fullBox("trex", 0, 0).u32(TRACK_ID).u32(1).u32(0).u32(0).u32(0).end();
    out.end();
    out.end();
    Buffer bytes = out.finish();
    return new InitSegment("init-" + hash(bytes) + ".mp4", bytes);
  }

  private static void trak(BoxWriter out, Track track) {
    boolean video = track.isVideo();
    int width = 0;
    int height = 0;
    if (track.format() instanceof TrackFormat.Video picture) {
      AspectRatio shape = picture.picture().aspectRatio();
      width = (int) Math.min(0xFFFF, (long) picture.width() * shape.width() / shape.height());
      height = picture.height();
    }
    out.box("trak");
    out.fullBox("tkhd", 0, 3).u32(0).u32(0).u32(TRACK_ID).u32(0).u32(0).zeros(8);
    out.u16(0).u16(video ? 0 : 1).u16(video ? 0 : 0x100).u16(0);
    matrix(out).u32((long) width << 16).u32((long) height << 16).end();
    out.box("mdia");
    int ticks = track.timescale().ticksPerSecond();
    out.fullBox("mdhd", 0, 0).u32(0).u32(0).u32(ticks).u32(0).u16(language(track)).u16(0).end();
    out.fullBox("hdlr", 0, 0).u32(0).text(video ? "vide" : "soun").zeros(12);
    out.text(video ? "video" : "audio").u8(0).end();
    track
        .label()
        .language()
        .filter(language -> !language.isPlain())
        .ifPresent(language -> out.fullBox("elng", 0, 0).text(language.value()).u8(0).end());
    out.box("minf");
    if (video) {
      out.fullBox("vmhd", 0, 1).zeros(8).end();
    } else {
      out.fullBox("smhd", 0, 0).zeros(4).end();
    }
    out.box("dinf").fullBox("dref", 0, 0).u32(1).fullBox("url ", 0, 1).end().end().end();
    out.box("stbl");
    out.fullBox("stsd", 0, 0).u32(1);
    sampleEntry(out, track.format());
    out.end();
    out.fullBox("stts", 0, 0).u32(0).end();
    out.fullBox("stsc", 0, 0).u32(0).end();
    out.fullBox("stsz", 0, 0).u32(0).u32(0).end();
    out.fullBox("stco", 0, 0).u32(0).end();
    if (track.format() instanceof TrackFormat.Opus) {
      RollGroup.describe(out);
    }
    out.end().end().end().end();
  }

  /** Three letters of five bits each (ISO/IEC 14496-12 8.4.2.3). */
  private static int language(Track track) {
    String code = track.label().language().map(LanguageTag::terminologyCode).orElse("und");
    return code.chars().reduce(0, (packed, letter) -> packed << 5 | (letter - 0x60));
  }

  private static void sampleEntry(BoxWriter out, TrackFormat format) {
    switch (format) {
      case TrackFormat.Video video -> VisualSampleEntry.write(out, video);
      case TrackFormat.Audio audio -> AudioSampleEntry.write(out, audio);
    }
  }

  private static BoxWriter matrix(BoxWriter out) {
    for (int value : MATRIX) {
      out.u32(value);
    }
    return out;
  }

  private static String hash(Buffer bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.getBytes());
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
