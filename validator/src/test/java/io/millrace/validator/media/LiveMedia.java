package io.millrace.validator.media;

import io.millrace.validator.hls.LiveList;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The media of {@link LiveList}: 24 pictures a second whose bitstream says key frame or not and
 * nothing else, in well-formed fragments.
 */
public final class LiveMedia {
  private static final int RATE = 24;
  private static final int PICTURES = RATE / 2;
  private static final byte KEY = (byte) 0x80;
  private static final byte INTER = (byte) 0x84;
  private static final int SYNC = 0x02000000;
  private static final int NOT_SYNC = 0x01010000;

  private LiveMedia() {}

  /** The init section. */
  public static byte[] init() {
    byte[] picture = new byte[78];
    picture[25] = 16;
    picture[27] = 16;
    byte[] entry =
        box("vp09", picture, box("vpcC", bytes(1, 0, 0, 0), bytes(0, 10, 0x82, 0, 0, 0)));
    byte[] table = box("stbl", box("stsd", ints(0, 1), entry));
    byte[] handler = box("hdlr", ints(0, 0), text("vide"), new byte[13]);
    byte[] media = box("mdia", box("mdhd", ints(0, 0, 0, RATE, 0, 0)), handler, box("minf", table));
    byte[] track = box("trak", box("tkhd", ints(0, 0, 0, 1), new byte[68]), media);
    byte[] defaults = box("mvex", box("trex", ints(0, 1, 1, 1, 0, 0)));
    return join(box("ftyp", text("iso6"), ints(0)), box("moov", track, defaults));
  }

  /** A part; the first one of a segment starts with a key frame. */
  public static byte[] part(int segment, int index) {
    return fragment(segment * LiveList.PARTS + index, 1, index == 0);
  }

  /** A segment: its parts one after the other. */
  public static byte[] segment(int number) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < LiveList.PARTS; i++) {
      all.writeBytes(part(number, i));
    }
    return all.toByteArray();
  }

  /** A segment of the same pictures in one fragment. */
  public static byte[] segmentInOne(int number) {
    return fragment(number * LiveList.PARTS, LiveList.PARTS, true);
  }

  /** So many parts in one fragment, which may start with a key frame. */
  private static byte[] fragment(int part, int parts, boolean key) {
    int count = parts * PICTURES;
    ByteBuffer samples = ByteBuffer.allocate(8 * count);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      boolean sync = key && i == 0;
      samples.putInt(2).putInt(sync ? SYNC : NOT_SYNC);
      data.write(sync ? KEY : INTER);
      data.write(i);
    }
    byte[] header = box("tfhd", ints(0x020000, 1));
    byte[] time = box("tfdt", ints(0, part * PICTURES));
    byte[] moof = moof(header, time, samples.array(), count, 0);
    moof = moof(header, time, samples.array(), count, moof.length + 8);
    return join(moof, box("mdat", data.toByteArray()));
  }

  private static byte[] moof(byte[] header, byte[] time, byte[] samples, int count, int data) {
    byte[] run = box("trun", ints(0x000601, count, data), samples);
    return box("moof", box("mfhd", ints(0, 1)), box("traf", header, time, run));
  }

  private static byte[] box(String type, byte[]... contents) {
    byte[] content = join(contents);
    return join(ints(content.length + 8), text(type), content);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
