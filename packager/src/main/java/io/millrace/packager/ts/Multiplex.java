package io.millrace.packager.ts;

import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One programme of pictures, sound or both, segment after segment. Each segment starts with the
 * tables and the clock; counters, table versions and the clock go on from one to the next.
 *
 * <p>The clock is that of the pictures, or of the sound where there are none. It is written with
 * their PES packets, at least {@link #SHORTEST_STEP} apart, and alone where they are more than
 * {@link #LONGEST_STEP} apart (2.7.2 allows 100 ms). It never passes the segment's end, so that the
 * next segment can start with it.
 */
final class Multiplex {
  /** 40 ms. */
  private static final long SHORTEST_STEP = 3_600;

  /** 80 ms. */
  private static final long LONGEST_STEP = 7_200;

  private static final int VERSIONS = 32;

  private final Pid association = new Pid(0);
  private final Pid map = new Pid(0x1000);
  private final Pid picturePid = new Pid(0x100);
  private final Pid soundPid = new Pid(0x101);
  private final Pid metadataPid = new Pid(0x102);
  private final Buffer associationSection = Tables.association(map);
  private int version = -1;
  private Buffer program = Buffer.buffer();
  private Buffer mapSection = Buffer.buffer();
  private long lastClock = Adaptation.NO_CLOCK;
  private int firstPictureEnd;

  /**
   * The samples of one track in a segment.
   *
   * @param samples in decoding order; none where there is a gap
   */
  record Content(ElementaryStream stream, List<TimedSample> samples) {}

  /**
   * A transport packet or several, as they are going to be written.
   *
   * @param unit null for the clock alone
   */
  private record Planned(Pid pid, int streamId, @Nullable Unit unit, Adaptation adaptation) {
    int packets() {
      return unit == null ? 1 : PacketWriter.packets(Pes.size(unit), adaptation);
    }

    void write(PacketWriter out) {
      if (unit == null) {
        out.clock(pid, adaptation);
      } else {
        out.startPes(pid, Pes.size(unit), adaptation);
        out.put(Pes.header(streamId, unit));
        unit.write(out);
      }
    }
  }

  /**
   * A PES packet in its place.
   *
   * @param time by which it has its place among the others
   */
  private record Queued(Pid pid, int streamId, Unit unit, long time) {}

  /**
   * The next segment.
   *
   * @param tags of ID3
   * @param start where it starts, in decoding time on {@link MediaClock}; what is decoded before,
   *     being late, goes behind what is decoded then
   * @param end where the next segment starts
   * @param discontinuity whether it does not continue the segment before
   * @return empty when there are no samples
   */
  Buffer write(
      @Nullable Content pictures,
      @Nullable Content sound,
      List<Unit> tags,
      long start,
      long end,
      boolean discontinuity) {
    List<Queued> queue = new ArrayList<>();
    Map<Pid, ElementaryStream> streams = new LinkedHashMap<>();
    queue(picturePid, pictures, start, streams, queue);
    queue(soundPid, sound, start, streams, queue);
    if (discontinuity) {
      lastClock = Adaptation.NO_CLOCK;
      picturePid.breakContinuity();
      soundPid.breakContinuity();
      metadataPid.breakContinuity();
    }
    if (queue.isEmpty()) {
      return Buffer.buffer();
    }
    for (Unit tag : tags) {
      long time = Math.clamp(tag.dts(), start, Math.max(start, end - 1));
      queue.add(new Queued(metadataPid, Id3Stream.STREAM_ID, tag, time));
    }
    queue.sort(Comparator.comparingLong(Queued::time));
    Pid clock = pictures == null ? soundPid : picturePid;
    describe(clock, streams);
    List<Planned> plan = plan(queue, clock, start, end);
    int packets = 2;
    firstPictureEnd = 0;
    for (Planned planned : plan) {
      packets += planned.packets();
      if (firstPictureEnd == 0 && planned.pid == picturePid && planned.unit != null) {
        firstPictureEnd = packets * PacketWriter.PACKET;
      }
    }
    PacketWriter out = new PacketWriter(packets);
    out.section(association, associationSection);
    out.section(map, mapSection);
    for (Planned planned : plan) {
      planned.write(out);
    }
    return out.finish();
  }

  /** So many bytes of the segment that was written last hold the tables and its first picture. */
  int firstPictureEnd() {
    return firstPictureEnd;
  }

  private static void queue(
      Pid pid,
      @Nullable Content content,
      long start,
      Map<Pid, ElementaryStream> streams,
      List<Queued> queue) {
    if (content != null) {
      streams.put(pid, content.stream);
      for (Unit unit : content.stream.units(content.samples)) {
        long time = Math.max(unit.dts(), start);
        queue.add(new Queued(pid, content.stream.streamId(), unit, time));
      }
    }
  }

  /** A new version of the programme map where it says something new. */
  private void describe(Pid clock, Map<Pid, ElementaryStream> streams) {
    Buffer described = Tables.programMap(0, clock, streams, metadataPid);
    if (!described.equals(program)) {
      program = described;
      version = (version + 1) % VERSIONS;
      mapSection = Tables.programMap(version, clock, streams, metadataPid);
    }
  }

  private List<Planned> plan(List<Queued> queue, Pid clock, long start, long end) {
    List<Planned> plan = new ArrayList<>(queue.size() + 8);
    long first = queue.getFirst().time;
    boolean clocked =
        lastClock != Adaptation.NO_CLOCK && first > start && first - lastClock > LONGEST_STEP;
    if (clocked) {
      // What comes first comes late, and the clock has to go on.
      plan.add(clockAlone(clock, Math.max(start, lastClock + 1)));
    }
    for (Queued queued : queue) {
      Unit unit = queued.unit;
      boolean hasClock = queued.pid == clock;
      if (clocked) {
        advance(plan, clock, Math.min(queued.time, end));
      } else if (!hasClock) {
        plan.add(clockAlone(clock, queued.time));
      }
      boolean due = hasClock && (!clocked || queued.time - lastClock >= SHORTEST_STEP);
      clocked = true;
      boolean entry = unit.sync() && (queued.pid == picturePid || due);
      long time = due ? tick(queued.time) : Adaptation.NO_CLOCK;
      Adaptation adaptation = new Adaptation(queued.pid.takeBreak(), entry, time);
      plan.add(new Planned(queued.pid, queued.streamId, unit, adaptation));
    }
    advance(plan, clock, end);
    return plan;
  }

  /** Keeps the clock going where nothing that carries it comes. */
  private void advance(List<Planned> plan, Pid clock, long until) {
    while (until - lastClock > LONGEST_STEP) {
      plan.add(clockAlone(clock, lastClock + LONGEST_STEP));
    }
  }

  private Planned clockAlone(Pid clock, long time) {
    Adaptation adaptation = new Adaptation(clock.takeBreak(), false, tick(time));
    return new Planned(clock, 0, null, adaptation);
  }

  /** The clock always goes on, also where the first picture begins before what was said last. */
  private long tick(long time) {
    lastClock = Math.max(lastClock + 1, time);
    return lastClock;
  }
}
