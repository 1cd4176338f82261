package io.millrace.packager.ts;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.validator.Rule;
import io.millrace.validator.media.Flaw;
import io.millrace.validator.ts.TsPacket;
import io.millrace.validator.ts.TsReader;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads segments of one rendition, one after another. The validator judges what every transport
 * stream has to keep, with counters and clock followed from segment to segment; what is checked
 * here is what our writer promises besides: where its packets are, what fills them, when the
 * programme map has a new version, and what PES headers say.
 */
final class TransportReader {
  private static final long WRAP = 1L << 33;

  /** Tables are at 0 and here. */
  private static final int MAP = 0x1000;

  private static final Buffer SILENCE =
      AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90})).silence().orElseThrow();

  private static final Set<Rule> JUDGED = Set.of(Rule.F4, Rule.F5, Rule.F6, Rule.F7);

  /** A PES packet. Times are 33 bits. */
  record Pes(int pid, long pts, long dts, boolean randomAccess, boolean broken, Buffer data) {}

  /**
   * A segment as it was read.
   *
   * @param streams their types by PID
   * @param clocks in units of 27 MHz
   */
  record Segment(
      int version,
      int clockPid,
      Map<Integer, Integer> streams,
      List<Pes> packets,
      List<Long> clocks) {
    List<Pes> of(int pid) {
      return packets.stream().filter(packet -> packet.pid() == pid).toList();
    }
  }

  private final TsReader validator = new TsReader();
  private final Map<Integer, Long> lastDts = new HashMap<>();
  private boolean skipped;
  private int version;
  private int clockPid;
  private Map<Integer, Integer> streams = new LinkedHashMap<>();

  private SortedMap<Integer, Pes> packets = new TreeMap<>();
  private List<Long> clocks = new ArrayList<>();
  private Map<Integer, Open> open = new LinkedHashMap<>();

  /** A PES packet whose end has not come. */
  private static final class Open {
    private final Buffer bytes = Buffer.buffer();
    private final int start;
    private final boolean randomAccess;
    private final boolean broken;

    /** When its last byte came. */
    private long clock;

    Open(int start, boolean randomAccess, boolean broken) {
      this.start = start;
      this.randomAccess = randomAccess;
      this.broken = broken;
    }
  }

  /** There is a segment that nobody can read: the clock may go on anywhere. */
  void skip() {
    skipped = true;
  }

  Segment read(Buffer segment) {
    List<Flaw> flaws = validator.read(segment.getBytes(), true).flaws();
    assertThat(flaws)
        .filteredOn(flaw -> JUDGED.contains(flaw.rule()) && !(skipped && flaw.rule() == Rule.F6))
        .isEmpty();
    skipped = false;
    packets = new TreeMap<>();
    clocks = new ArrayList<>();
    open = new LinkedHashMap<>();
    byte[] bytes = segment.getBytes();
    for (int at = 0; at < bytes.length; at += TsPacket.SIZE) {
      packet(TsPacket.read(bytes, at), segment);
    }
    List.copyOf(open.keySet()).forEach(this::finish);
    return new Segment(version, clockPid, streams, List.copyOf(packets.values()), clocks);
  }

  private void packet(TsPacket packet, Buffer segment) {
    int at = packet.offset();
    int index = at / TsPacket.SIZE;
    boolean randomAccess = adaptation(packet, segment);
    packet.pcr().ifPresent(clocks::add);
    assertThat(packet.pid() == 0).as("PAT first").isEqualTo(index == 0);
    assertThat(packet.pid() == MAP).as("PMT second").isEqualTo(index == 1);
    if (index == 1) {
      map(section(packet, segment));
    } else if (index > 1) {
      assertThat(clocks).as("a clock behind the tables").isNotEmpty();
      assertThat(streams).containsKey(packet.pid());
      payload(packet, segment, randomAccess);
    }
  }

  /** The adaptation field: stuffing, and nothing that nobody asked for. */
  private static boolean adaptation(TsPacket packet, Buffer segment) {
    int at = packet.offset();
    boolean has = (segment.getByte(at + 3) & 0x20) != 0;
    int length = has ? segment.getUnsignedByte(at + 4) : 0;
    if (has && !packet.hasPayload()) {
      assertThat(length).isEqualTo(TsPacket.SIZE - 5);
    }
    if (length == 0) {
      return false;
    }
    int flags = segment.getByte(at + 5);
    assertThat(flags & 0x2F).as("other fields").isZero();
    if (packet.pcr().isPresent()) {
      assertThat(segment.getByte(at + 10) & 0x7E).as("reserved bits").isEqualTo(0x7E);
    }
    isStuffing(segment, at + (packet.pcr().isPresent() ? 12 : 6), at + 5 + length);
    return (flags & 0x40) != 0;
  }

  private static void isStuffing(Buffer segment, int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(segment.getByte(i)).as("stuffing").isEqualTo((byte) 0xFF);
    }
  }

  /** A section that begins and ends in its packet. */
  private static Buffer section(TsPacket packet, Buffer segment) {
    int at = packet.payload();
    assertThat(packet.unitStart()).isTrue();
    assertThat(segment.getByte(at)).as("pointer field").isZero();
    int end = at + 4 + (segment.getUnsignedShort(at + 2) & 0xFFF);
    isStuffing(segment, end, packet.end());
    return segment.getBuffer(at + 1, end);
  }

  /** The validator has read it too, but needs no version: each segment stands alone. */
  private void map(Buffer section) {
    Map<Integer, Integer> told = new LinkedHashMap<>();
    int at = 12 + (section.getUnsignedShort(10) & 0xFFF);
    while (at < section.length() - 4) {
      told.put(section.getUnsignedShort(at + 1) & 0x1FFF, (int) section.getUnsignedByte(at));
      at += 5 + (section.getUnsignedShort(at + 3) & 0xFFF);
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

  private void payload(TsPacket packet, Buffer segment, boolean randomAccess) {
    assertThat(packet.pcr().isEmpty() || packet.pid() == clockPid).as("whose clock").isTrue();
    if (!packet.hasPayload()) {
      return;
    }
    if (packet.unitStart()) {
      finish(packet.pid());
      open.put(packet.pid(), new Open(packet.offset(), randomAccess, packet.discontinuity()));
    }
    Open current = open.get(packet.pid());
    assertThat(current).as("payload before a start").isNotNull();
    current.bytes.appendBuffer(segment, packet.payload(), packet.end() - packet.payload());
    current.clock = clocks.getLast();
  }

  private void finish(int pid) {
    Open done = open.remove(pid);
    if (done == null) {
      return;
    }
    Buffer bytes = done.bytes;
    if (bytes.getUnsignedShort(4) == 0) {
      assertThat(bytes.getUnsignedByte(3))
          .as("only pictures have no length")
          .isEqualTo((short) 0xE0);
      assertThat(bytes.length() - 6).isGreaterThan(0xFFFF);
    }
    int flags = bytes.getUnsignedShort(6);
    assertThat(flags & 0xFF3F).isEqualTo(0x8400);
    boolean both = (flags & 0x40) != 0;
    assertThat(bytes.getUnsignedByte(8)).isEqualTo((short) (both ? 10 : 5));
    long pts = stamp(bytes, 9);
    long dts = both ? stamp(bytes, 14) : pts;
    assertThat(both && pts == dts).as("a decoding time that says nothing").isFalse();
    Long last = lastDts.put(pid, dts);
    if (last != null) {
      assertThat(Math.floorMod(dts - last, WRAP)).as("decoding order").isLessThan(WRAP / 2);
    }
    assertThat(Math.floorMod(dts - done.clock / 300, WRAP))
        .as("arrival before decoding")
        .isLessThan(WRAP / 2);
    Buffer data = bytes.getBuffer(both ? 19 : 14, bytes.length());
    packets.put(done.start, new Pes(pid, pts, dts, done.randomAccess, done.broken, data));
  }

  private static long stamp(Buffer bytes, int at) {
    return (bytes.getByte(at) >> 1 & 7L) << 30
        | (long) (bytes.getUnsignedShort(at + 1) >> 1) << 15
        | bytes.getUnsignedShort(at + 3) >> 1;
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

  /** Whether nothing is heard in a frame with its header, of stereo. */
  static boolean isSilent(Buffer adtsFrame) {
    return adtsFrame.getBuffer(7, adtsFrame.length()).equals(SILENCE);
  }

  /** The NAL units of a byte stream, whole: the validator keeps only the start of each. */
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
