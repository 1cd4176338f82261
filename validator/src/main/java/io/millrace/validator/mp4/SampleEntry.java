package io.millrace.validator.mp4;

import io.millrace.validator.codec.Aac;
import io.millrace.validator.codec.Avc;
import io.millrace.validator.codec.Hevc;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.mp4.Mp4Boxes.Box;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A track's sample entry with its configuration (ISO/IEC 14496-12 8.5.2; -15; -14; the mappings of
 * AV1, VP9, Opus, FLAC and AC-3).
 *
 * @param type of the entry, as {@code avc1}; for encrypted ones what they were
 * @param encrypted whether samples can't be read
 * @param nalLengthSize bytes of the lengths before NAL units; 0 for other codecs
 */
record SampleEntry(String type, TrackFormat format, boolean encrypted, int nalLengthSize) {
  private static final int VISUAL = 78;
  private static final int AUDIO = 28;

  /** Reads the first entry of an {@code stsd}. */
  static SampleEntry read(Box stsd, String handler) {
    if (stsd.payload().capacity() < 16) {
      throw new MalformedMp4Exception(stsd.offset(), "stsd without an entry");
    }
    Box entry =
        Mp4Boxes.children(stsd, 8).stream()
            .findFirst()
            .orElseThrow(() -> new MalformedMp4Exception(stsd.offset(), "stsd without an entry"));
    int fixed = handler.equals("vide") ? VISUAL : handler.equals("soun") ? AUDIO : 0;
    if (fixed == 0) {
      return new SampleEntry(entry.type(), TrackFormat.other(entry.type()), false, 0);
    }
    if (entry.payload().capacity() < fixed) {
      throw new MalformedMp4Exception(entry.offset(), "a sample entry that is too short");
    }
    Box whole =
        new Box(
            entry.type(),
            entry.offset(),
            entry.size(),
            entry.payload(),
            Mp4Boxes.children(entry, fixed));
    boolean encrypted = entry.type().equals("encv") || entry.type().equals("enca");
    String type = encrypted ? fourCc(whole.at("sinf", "frma").reader(), 0) : entry.type();
    try {
      return fixed == VISUAL ? picture(type, whole, encrypted) : sound(type, whole, encrypted);
    } catch (MalformedMp4Exception e) {
      throw e;
    } catch (MalformedFileException e) {
      throw new MalformedMp4Exception(entry.offset(), type + ": " + e.words());
    }
  }

  private static SampleEntry picture(String type, Box entry, boolean encrypted) {
    int width = entry.reader().getShort(24) & 0xFFFF;
    int height = entry.reader().getShort(26) & 0xFFFF;
    return switch (type) {
      case "avc1", "avc3" -> {
        ByteBuffer config = entry.at("avcC").reader();
        int size = (config.get(4) & 3) + 1;
        byte[] sps = (config.get(5) & 0x1F) == 0 ? new byte[0] : unit(config.position(6));
        TrackFormat format = sps.length == 0 ? fromAvcC(config, width, height) : Avc.format(sps);
        yield new SampleEntry(type, named(format, type), encrypted, size);
      }
      case "hvc1", "hev1" -> {
        ByteBuffer config = entry.at("hvcC").reader();
        int size = (config.get(21) & 3) + 1;
        TrackFormat format =
            hevcSps(config)
                .map(Hevc::format)
                .orElseGet(() -> TrackFormat.video(type, width, height));
        yield new SampleEntry(type, named(format, type), encrypted, size);
      }
      case "av01" -> {
        ByteBuffer config = entry.at("av1C").reader();
        int second = config.get(1);
        int third = config.get(2);
        int profile = second >> 5 & 7;
        boolean high = (third & 0x40) != 0;
        int depth = !high ? 8 : profile == 2 && (third & 0x20) != 0 ? 12 : 10;
        yield plain(
            type,
            "av01.%d.%02d%s.%02d"
                .formatted(profile, second & 0x1F, (third & 0x80) != 0 ? "H" : "M", depth),
            width,
            height,
            encrypted);
      }
      case "vp09" -> {
        ByteBuffer config = entry.at("vpcC").reader();
        yield plain(
            type,
            "vp09.%02d.%02d.%02d".formatted(config.get(4), config.get(5), config.get(6) >> 4 & 0xF),
            width,
            height,
            encrypted);
      }
      default -> plain(type, type, width, height, encrypted);
    };
  }

  private static SampleEntry plain(
      String type, String codec, int width, int height, boolean encrypted) {
    return new SampleEntry(type, TrackFormat.video(codec, width, height), encrypted, 0);
  }

  private static TrackFormat fromAvcC(ByteBuffer config, int width, int height) {
    return TrackFormat.video(
        "avc1.%02x%02x%02x"
            .formatted(config.get(1) & 0xFF, config.get(2) & 0xFF, config.get(3) & 0xFF),
        width,
        height);
  }

  /** avc3 and hev1 differ from avc1 and hvc1 in the name only. */
  private static TrackFormat named(TrackFormat format, String type) {
    int dot = format.codec().indexOf('.');
    return dot < 0
        ? format
        : TrackFormat.video(type + format.codec().substring(dot), format.width(), format.height());
  }

  private static SampleEntry sound(String type, Box entry, boolean encrypted) {
    int channels = entry.reader().getShort(16) & 0xFFFF;
    int rate = entry.reader().getShort(24) & 0xFFFF;
    TrackFormat format =
        switch (type) {
          case "mp4a" -> esds(entry.at("esds"), rate, channels);
          case "Opus" -> {
            ByteBuffer config = entry.at("dOps").reader();
            yield TrackFormat.audio(type, 48_000, config.get(1) & 0xFF);
          }
          case "fLaC" -> {
            ByteBuffer config = entry.at("dfLa").reader();
            int bits = config.getInt(4 + 4 + 10);
            yield TrackFormat.audio(type, bits >>> 12, (bits >> 9 & 7) + 1);
          }
          default -> TrackFormat.audio(type, rate, channels);
        };
    return new SampleEntry(type, format, encrypted, 0);
  }

  /** The AudioSpecificConfig within the descriptors (ISO/IEC 14496-1 7.2.6). */
  private static TrackFormat esds(Box esds, int rate, int channels) {
    ByteBuffer reader = esds.reader().position(4);
    expect(esds, reader, 3);
    reader.getShort();
    int flags = reader.get();
    reader.position(
        reader.position()
            + ((flags & 0x80) != 0 ? 2 : 0)
            + ((flags & 0x40) != 0 ? 1 + (reader.get(reader.position()) & 0xFF) : 0)
            + ((flags & 0x20) != 0 ? 2 : 0));
    expect(esds, reader, 4);
    int object = reader.get() & 0xFF;
    reader.position(reader.position() + 12);
    if (object != 0x40) {
      return TrackFormat.audio("mp4a.%02x".formatted(object), rate, channels);
    }
    int length = expect(esds, reader, 5);
    byte[] config = new byte[Math.min(length, reader.remaining())];
    reader.get(config);
    return Aac.format(config);
  }

  private static int expect(Box esds, ByteBuffer reader, int tag) {
    int found = reader.get();
    if (found != tag) {
      throw new MalformedMp4Exception(esds.offset(), "descriptor " + found + " instead of " + tag);
    }
    int length = 0;
    int each;
    int count = 0;
    do {
      each = reader.get();
      length = length << 7 | (each & 0x7F);
    } while ((each & 0x80) != 0 && ++count < 4);
    return length;
  }

  private static byte[] unit(ByteBuffer reader) {
    int length = reader.getShort() & 0xFFFF;
    if (length > reader.remaining()) {
      throw new MalformedFileException("configuration", "a parameter set doesn't fit");
    }
    byte[] unit = new byte[length];
    reader.get(unit);
    return unit;
  }

  private static Optional<byte[]> hevcSps(ByteBuffer config) {
    config.position(22);
    int arrays = config.get() & 0xFF;
    for (int i = 0; i < arrays; i++) {
      int type = config.get() & 0x3F;
      int count = config.getShort() & 0xFFFF;
      for (int n = 0; n < count; n++) {
        byte[] unit = unit(config);
        if (type == Hevc.SPS) {
          return Optional.of(unit);
        }
      }
    }
    return Optional.empty();
  }

  static String fourCc(ByteBuffer buffer, int at) {
    byte[] type = new byte[4];
    buffer.get(at, type);
    return new String(type, StandardCharsets.ISO_8859_1);
  }
}
