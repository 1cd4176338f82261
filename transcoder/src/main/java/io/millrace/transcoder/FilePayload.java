package io.millrace.transcoder;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Access units of a file in the form that all samples have here. Pure; for one track. */
interface FilePayload {
  /** What a decoder needs first, as it is by now; empty while it is not known. */
  ByteBuffer record();

  /**
   * An access unit.
   *
   * @throws FileRefusal when it is none
   */
  ByteBuffer of(byte[] packet);

  /** As files have it, with a record of their own. */
  record AsItIs(ByteBuffer record) implements FilePayload {
    @Override
    public ByteBuffer record() {
      return record.duplicate();
    }

    @Override
    public ByteBuffer of(byte[] packet) {
      return ByteBuffer.wrap(packet);
    }
  }

  /** Whose first access unit says what it is. */
  final class ByFirstUnit implements FilePayload {
    private ByteBuffer record = ByteBuffer.allocate(0);

    @Override
    public ByteBuffer record() {
      return record.duplicate();
    }

    @Override
    public ByteBuffer of(byte[] packet) {
      if (!record.hasRemaining()) {
        record = ByteBuffer.wrap(packet);
      }
      return ByteBuffer.wrap(packet);
    }
  }

  /** NAL units behind lengths of one to four bytes (ISO/IEC 14496-15 4.3.2); out come four. */
  final class LengthPrefixed implements FilePayload {
    private static final int LENGTH_BYTES = 4;

    private final ByteBuffer record;
    private final int lengthBytes;
    private final int headerBytes;

    /**
     * @param lengthAt which byte of the record has the length's length
     * @param headerBytes of a NAL unit
     */
    LengthPrefixed(byte[] record, int lengthAt, int headerBytes) {
      if (record.length <= lengthAt) {
        throw new FileRefusal("the file does not say how its picture is coded; it may be damaged");
      }
      this.lengthBytes = (record[lengthAt] & 3) + 1;
      this.headerBytes = headerBytes;
      byte[] four = record.clone();
      four[lengthAt] |= 3;
      this.record = ByteBuffer.wrap(four);
    }

    @Override
    public ByteBuffer record() {
      return record.duplicate();
    }

    @Override
    public ByteBuffer of(byte[] packet) {
      List<ByteBuffer> units = new ArrayList<>();
      ByteBuffer in = ByteBuffer.wrap(packet);
      while (in.hasRemaining()) {
        units.add(unit(in));
      }
      if (lengthBytes == LENGTH_BYTES) {
        return ByteBuffer.wrap(packet);
      }
      int bytes = units.stream().mapToInt(unit -> LENGTH_BYTES + unit.remaining()).sum();
      ByteBuffer out = ByteBuffer.allocate(bytes);
      units.forEach(unit -> out.putInt(unit.remaining()).put(unit));
      return out.flip();
    }

    private ByteBuffer unit(ByteBuffer in) {
      long length = 0;
      for (int i = 0; i < lengthBytes && in.hasRemaining(); i++) {
        length = length << 8 | (in.get() & 0xFF);
      }
      // The first bit of each NAL unit is 0 (ISO/IEC 14496-10 7.4.1, 23008-2 7.4.2.2).
      if (length < headerBytes || length > in.remaining() || in.get(in.position()) < 0) {
        throw new FileRefusal("its picture is damaged");
      }
      ByteBuffer unit = in.slice(in.position(), (int) length);
      in.position(in.position() + (int) length);
      return unit;
    }
  }

  /** NAL units behind start codes; the parameter sets, as they come, are the record. */
  final class StartCodes implements FilePayload {
    private static final int START_CODE = 1;

    private final boolean hevc;
    private ByteBuffer record = ByteBuffer.allocate(0);

    StartCodes(boolean hevc) {
      this.hevc = hevc;
    }

    @Override
    public ByteBuffer record() {
      return record.duplicate();
    }

    @Override
    public ByteBuffer of(byte[] packet) {
      List<ByteBuffer> kept = new ArrayList<>();
      List<ByteBuffer> sets = new ArrayList<>();
      for (ByteBuffer unit : AnnexB.units(packet)) {
        int type = hevc ? unit.get(0) >> 1 & 0x3F : unit.get(0) & 0x1F;
        if (isParameterSet(type)) {
          sets.add(unit);
        } else if (type != (hevc ? 35 : 9)) {
          kept.add(unit);
        }
      }
      // Further ones of a kind alone would not be all that is needed.
      if (isComplete(sets)) {
        record = behindCodes(sets);
      }
      int bytes = kept.stream().mapToInt(unit -> Integer.BYTES + unit.remaining()).sum();
      ByteBuffer out = ByteBuffer.allocate(bytes);
      kept.forEach(unit -> out.putInt(unit.remaining()).put(unit));
      return out.flip();
    }

    private boolean isParameterSet(int type) {
      return hevc ? type >= 32 && type <= 34 : type == 7 || type == 8;
    }

    private boolean isComplete(List<ByteBuffer> sets) {
      long kinds =
          sets.stream()
              .map(unit -> hevc ? unit.get(0) >> 1 & 0x3F : unit.get(0) & 0x1F)
              .distinct()
              .count();
      return kinds == (hevc ? 3 : 2);
    }

    private static ByteBuffer behindCodes(List<ByteBuffer> sets) {
      int bytes = sets.stream().mapToInt(unit -> Integer.BYTES + unit.remaining()).sum();
      ByteBuffer out = ByteBuffer.allocate(bytes);
      sets.forEach(unit -> out.putInt(START_CODE).put(unit.duplicate()));
      return out.flip();
    }
  }

  /** AAC behind ADTS headers (ISO/IEC 14496-3 1.A.2.2), which say what it is. */
  final class Adts implements FilePayload {
    private static final int HEADER = 7;
    private static final int CHECKSUM = 2;

    private ByteBuffer record = ByteBuffer.allocate(0);

    @Override
    public ByteBuffer record() {
      return record.duplicate();
    }

    @Override
    public ByteBuffer of(byte[] packet) {
      boolean isFrame =
          packet.length > HEADER && packet[0] == (byte) 0xFF && (packet[1] & 0xF6) == 0xF0;
      if (!isFrame) {
        throw new FileRefusal("its sound is damaged");
      }
      int profile = packet[2] >> 6 & 3;
      int rate = packet[2] >> 2 & 15;
      int channels = (packet[2] & 1) << 2 | (packet[3] >> 6 & 3);
      if (channels == 0) {
        throw new FileRefusal(
            "its sound has a layout of its own (ADTS without channels); encode it anew: ffmpeg -i"
                + " FILE -c:v copy -c:a aac OUT.mp4");
      }
      // An AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1.
      ByteArrayOutputStream config = new ByteArrayOutputStream();
      config.write((profile + 1) << 3 | rate >> 1);
      config.write((rate & 1) << 7 | channels << 3);
      record = ByteBuffer.wrap(config.toByteArray());
      int header = (packet[1] & 1) == 1 ? HEADER : HEADER + CHECKSUM;
      return ByteBuffer.wrap(packet, header, packet.length - header).slice();
    }
  }
}
