package io.millrace.packager.ts;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads segments of one rendition, one after another, and fails where ISO/IEC 13818-1 is broken:
 * packets, stuffing, counters, tables and their checksums, the clock, time stamps. Counters and
 * clock are followed from segment to segment.
 */
final class TransportReader {
  private static final long WRAP = 1L << 33;

  /** 100 ms (2.7.2), in units of 27 MHz. */
  private static final long LONGEST_CLOCK_STEP = 2_700_000;

  /** A PES packet. Times are 33 bits. */
  record Pes(
      int pid,
      int streamId,
      long pts,
      long dts,
      boolean randomAccess,
      boolean broken,
      Buffer data) {}

  /** What the programme map says of a stream. */
  record Stream(int type, Buffer descriptors) {}

  /** A segment as it was read; {@code clocks} are in units of 27 MHz. */
  record Segment(
      int version,
      int clockPid,
      Map<Integer, Stream> streams,
      List<Pes> packets,
      List<Long> clocks) {
    List<Pes> of(int pid) {
      return packets.stream().filter(packet -> packet.pid() == pid).toList();
    }
  }

  private final Map<Integer, Integer> counters = new HashMap<>();
  private final Map<Integer, Long> lastDts = new HashMap<>();
  private long lastClock = -1;
  private boolean late;

  private int version;
  private int clockPid;
  private Map<Integer, Stream> streams = new LinkedHashMap<>();
  private SortedMap<Integer, Pes> packets = new TreeMap<>();
  private List<Long> clocks = new ArrayList<>();
  private Map<Integer, Open> open = new LinkedHashMap<>();

  /** A PES packet whose end has not come. */
  private static final class Open {
    private final Buffer bytes = Buffer.buffer();
    private int index;
    private boolean randomAccess;
    private boolean broken;

    /** When its last byte came. */
    private long clock;
  }

  /** There is a segment that nobody can read: the clock may go on anywhere. */
  void skip() {
    lastClock = -1;
  }

  /** What follows may come after it should have been decoded, as its encoder sent it too late. */
  void allowLate() {
    late = true;
  }

  Segment read(Buffer segment) {
    packets = new TreeMap<>();
    clocks = new ArrayList<>();
    open = new LinkedHashMap<>();
    assertThat(segment.length() % 188).isZero();
    for (int at = 0; at < segment.length(); at += 188) {
      packet(segment.getBuffer(at, at + 188), at / 188);
    }
    List.copyOf(open.keySet()).forEach(this::finish);
    return new Segment(version, clockPid, streams, List.copyOf(packets.values()), clocks);
  }

  private void packet(Buffer packet, int index) {
    assertThat(packet.getUnsignedByte(0)).as("sync byte").isEqualTo((short) 0x47);
    int fields = packet.getUnsignedShort(1);
    assertThat(fields & 0x8000).as("error indicator").isZero();
    boolean starts = (fields & 0x4000) != 0;
    int pid = fields & 0x1FFF;
    int control = packet.getUnsignedByte(3);
    assertThat(control >> 6).as("scrambling").isZero();
    boolean hasField = (control & 0x20) != 0;
    boolean hasPayload = (control & 0x10) != 0;
    int at = 4;
    boolean broken = false;
    boolean randomAccess = false;
    if (hasField) {
      int length = packet.getUnsignedByte(4);
      assertThat(length).isBetween(0, hasPayload ? 182 : 183);
      if (!hasPayload) {
        assertThat(length).isEqualTo(183);
      }
      if (length > 0) {
        int flags = packet.getUnsignedByte(5);
        broken = (flags & 0x80) != 0;
        randomAccess = (flags & 0x40) != 0;
        assertThat(flags & 0x2F).as("other fields").isZero();
        if ((flags & 0x10) != 0) {
          clock(pid, packet.getLong(6) >>> 16, broken);
        }
        for (int i = (flags & 0x10) != 0 ? 12 : 6; i < 5 + length; i++) {
          assertThat(packet.getUnsignedByte(i)).as("stuffing").isEqualTo((short) 0xFF);
        }
      }
      at = 5 + length;
    }
    counter(pid, control & 15, hasPayload, broken);
    if (index == 0) {
      assertThat(pid).as("first packet").isZero();
    }
    if (pid == 0) {
      association(section(packet, at, starts));
    } else if (pid == 0x1000) {
      assertThat(index).isEqualTo(1);
      map(section(packet, at, starts));
    } else {
      if (index == 2) {
        assertThat(clocks).as("clock behind the tables").hasSize(1);
      }
      assertThat(streams).containsKey(pid);
      payload(pid, index, packet, at, starts, randomAccess, broken, hasPayload);
    }
  }

  private void payload(
      int pid,
      int index,
      Buffer packet,
      int at,
      boolean starts,
      boolean randomAccess,
      boolean broken,
      boolean hasPayload) {
    if (!hasPayload) {
      assertThat(starts).isFalse();
      return;
    }
    if (starts) {
      finish(pid);
      Open fresh = new Open();
      fresh.index = index;
      fresh.randomAccess = randomAccess;
      fresh.broken = broken;
      open.put(pid, fresh);
    }
    Open current = open.get(pid);
    assertThat(current).as("payload before a start").isNotNull();
    current.bytes.appendBuffer(packet, at, 188 - at);
    current.clock = lastClock;
  }

  private void counter(int pid, int counter, boolean hasPayload, boolean broken) {
    Integer last = counters.put(pid, counter);
    if (last != null && !broken) {
      assertThat(counter)
          .as("continuity of %#x", pid)
          .isEqualTo(hasPayload ? (last + 1) & 15 : last);
    }
  }

  private void clock(int pid, long bits, boolean broken) {
    assertThat(pid).isEqualTo(clockPid);
    assertThat(bits >> 9 & 0x3F).as("reserved bits").isEqualTo(0x3F);
    long clock = (bits >> 15) * 300 + (bits & 0x1FF);
    if (lastClock >= 0 && !broken) {
      assertThat(Math.floorMod(clock - lastClock, WRAP * 300))
          .as("clock step")
          .isLessThanOrEqualTo(LONGEST_CLOCK_STEP);
    }
    lastClock = clock;
    clocks.add(clock);
  }

  private static Buffer section(Buffer packet, int at, boolean starts) {
    assertThat(starts).isTrue();
    assertThat(packet.getByte(at)).as("pointer field").isZero();
    int length = packet.getUnsignedShort(at + 2);
    assertThat(length & 0xF000).isEqualTo(0xB000);
    int end = at + 4 + (length & 0xFFF);
    for (int i = end; i < 188; i++) {
      assertThat(packet.getUnsignedByte(i)).isEqualTo((short) 0xFF);
    }
    Buffer section = packet.getBuffer(at + 1, end);
    assertThat(crc(section)).as("checksum over section and checksum").isZero();
    assertThat(section.getByte(5) & 0xC1).isEqualTo(0xC1);
    return section;
  }

  private static void association(Buffer section) {
    assertThat(section.getByte(0)).isZero();
    assertThat(section.getUnsignedShort(8)).isEqualTo(1);
    assertThat(section.getUnsignedShort(10)).isEqualTo(0xE000 | 0x1000);
    assertThat(section.length()).isEqualTo(16);
  }

  private void map(Buffer section) {
    assertThat(section.getByte(0)).isEqualTo((byte) 2);
    Map<Integer, Stream> told = new LinkedHashMap<>();
    int at = 12 + (section.getUnsignedShort(10) & 0xFFF);
    while (at < section.length() - 4) {
      int length = section.getUnsignedShort(at + 3) & 0xFFF;
      told.put(
          section.getUnsignedShort(at + 1) & 0x1FFF,
          new Stream(section.getUnsignedByte(at), section.getBuffer(at + 5, at + 5 + length)));
      at += 5 + length;
    }
    int newClock = section.getUnsignedShort(8) & 0x1FFF;
    int newVersion = section.getByte(5) >> 1 & 31;
    if (!streams.isEmpty()) {
      boolean same = told.equals(streams) && newClock == clockPid;
      assertThat(newVersion).as("version").isEqualTo(same ? version : (version + 1) % 32);
    }
    streams = told;
    clockPid = newClock;
    version = newVersion;
    assertThat(streams).containsKey(clockPid);
  }

  private void finish(int pid) {
    Open done = open.remove(pid);
    if (done == null) {
      return;
    }
    Buffer bytes = done.bytes;
    assertThat(bytes.getInt(0) >>> 8).as("start code prefix").isEqualTo(1);
    int streamId = bytes.getUnsignedByte(3);
    int length = bytes.getUnsignedShort(4);
    if (length > 0) {
      assertThat(bytes.length()).as("PES length").isEqualTo(6 + length);
    } else {
      assertThat(streamId).as("only pictures have no length").isEqualTo(0xE0);
      assertThat(bytes.length() - 6).isGreaterThan(0xFFFF);
    }
    int flags = bytes.getUnsignedShort(6);
    assertThat(flags & 0xFF3F).isEqualTo(0x8400);
    boolean both = (flags & 0x40) != 0;
    assertThat(bytes.getUnsignedByte(8)).isEqualTo((short) (both ? 10 : 5));
    long pts = stamp(bytes, 9, both ? 3 : 2);
    long dts = both ? stamp(bytes, 14, 1) : pts;
    assertThat(both && pts == dts).as("a decoding time that says nothing").isFalse();
    Long last = lastDts.put(pid, dts);
    if (last != null) {
      assertThat(Math.floorMod(dts - last, WRAP)).as("decoding order").isLessThan(WRAP / 2);
    }
    if (!late) {
      assertThat(Math.floorMod(dts - done.clock / 300, WRAP))
          .as("arrival before decoding")
          .isLessThan(WRAP / 2);
    }
    packets.put(
        done.index,
        new Pes(
            pid,
            streamId,
            pts,
            dts,
            done.randomAccess,
            done.broken,
            bytes.getBuffer(both ? 19 : 14, bytes.length())));
  }

  private static long stamp(Buffer bytes, int at, int prefix) {
    assertThat(bytes.getByte(at) >> 4).isEqualTo(prefix);
    int high = bytes.getUnsignedByte(at);
    int middle = bytes.getUnsignedShort(at + 1);
    int low = bytes.getUnsignedShort(at + 3);
    assertThat(high & middle & low & 1).as("marker bits").isEqualTo(1);
    return ((high >> 1) & 7L) << 30 | (long) (middle >> 1) << 15 | low >> 1;
  }

  /** Bit by bit, as annex A draws it. */
  private static int crc(Buffer bytes) {
    int crc = -1;
    for (int i = 0; i < bytes.length(); i++) {
      for (int bit = 7; bit >= 0; bit--) {
        boolean feed = (crc < 0) != ((bytes.getByte(i) >> bit & 1) == 1);
        crc = crc << 1 ^ (feed ? 0x04C11DB7 : 0);
      }
    }
    return crc;
  }

  /** The frames of an ADTS stream, with their headers. */
  static List<Buffer> adtsFrames(Buffer stream) {
    List<Buffer> frames = new ArrayList<>();
    int at = 0;
    while (at < stream.length()) {
      assertThat(stream.getUnsignedShort(at) & 0xFFF6).as("ADTS sync word").isEqualTo(0xFFF0);
      int length = (int) (stream.getUnsignedInt(at + 2) >> 5 & 0x1FFF);
      frames.add(stream.getBuffer(at, at + length));
      at += length;
    }
    return frames;
  }

  /** The NAL units of a byte stream. */
  static List<Buffer> nals(Buffer stream) {
    List<Buffer> nals = new ArrayList<>();
    int start = -1;
    for (int i = 0; i + 3 <= stream.length(); i++) {
      if (stream.getMedium(i) == 1) {
        add(nals, stream, start, i);
        start = i + 3;
        i += 2;
      }
    }
    add(nals, stream, start, stream.length());
    return nals;
  }

  private static void add(List<Buffer> nals, Buffer stream, int start, int end) {
    if (start < 0) {
      return;
    }
    int last = end;
    while (last > start && stream.getByte(last - 1) == 0) {
      last--;
    }
    nals.add(stream.getBuffer(start, last));
  }
}
