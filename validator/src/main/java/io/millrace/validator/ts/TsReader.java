package io.millrace.validator.ts;

import io.millrace.validator.Rule;
import io.millrace.validator.media.Flaws;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the MPEG-TS segments of one playlist, one after the other, and judges F4 to F9. Remembers
 * continuity counters and clocks from one to the next, so that it knows a wrap from a jump.
 */
public final class TsReader {
  /** What the standard allows between two PCRs (2.7.2), in 27 MHz ticks. */
  private static final long MAX_PCR_INTERVAL = 27_000_000L / 10;

  private static final byte SYNC = 0x47;
  private static final int MAX_TRACKS = 16;

  /** Below are the tables of ISO/IEC 13818-1 and of DVB. */
  private static final int FIRST_FREE_PID = 0x20;

  private final Map<Integer, TsPacket> lastPackets = new HashMap<>();
  private final Map<Integer, byte[]> lastBytes = new HashMap<>();
  private final Map<Integer, WrappingClock> clocks = new HashMap<>();

  /** By PID, for a segment that starts inside a group of pictures and does not say it again. */
  private final Map<Integer, TrackFormat> formats = new HashMap<>();

  /** By PID, for a segment with a single access unit. */
  private final Map<Integer, Long> durations = new HashMap<>();

  private WrappingClock pcrClock = new WrappingClock(WrappingClock.PCR);
  private long lastPcr = -1;
  private int pcrs;

  /**
   * Reads the next segment.
   *
   * @param continues whether it goes on where the one before ended: no discontinuity, none missed
   * @throws MalformedFileException when it is no MPEG-TS
   */
  public SegmentMedia read(byte[] bytes, boolean continues) {
    if (bytes.length < TsPacket.SIZE || bytes[0] != SYNC) {
      throw new MalformedFileException("byte 0", "no MPEG-TS packet");
    }
    if (!continues) {
      lastPackets.clear();
      clocks.clear();
      formats.clear();
      pcrClock = new WrappingClock(WrappingClock.PCR);
      lastPcr = -1;
    }
    pcrs = 0;
    Flaws flaws = new Flaws();
    TsTables tables = new TsTables(flaws);
    Map<Integer, TsTrack> tracks = new LinkedHashMap<>();
    int offset = 0;
    while (offset + TsPacket.SIZE <= bytes.length) {
      if (bytes[offset] != SYNC) {
        flaws.add(Rule.F4, "byte " + offset, "no sync byte");
        offset = resync(bytes, offset);
        continue;
      }
      packet(TsPacket.read(bytes, offset), bytes, tables, tracks, flaws);
      offset += TsPacket.SIZE;
    }
    if (offset < bytes.length) {
      flaws.add(
          Rule.F4, "byte " + offset, (bytes.length - offset) + " bytes behind the last packet");
    }
    if (!tables.complete()) {
      flaws.add(Rule.F4, "byte 0", "no PAT and PMT in the segment");
    } else if (pcrs == 0) {
      flaws.add(Rule.F6, "byte 0", "no PCR in the segment");
    }
    List<TrackMedia> media = new ArrayList<>();
    tracks.forEach(
        (pid, track) -> {
          TrackMedia read = track.finish();
          formats.put(pid, read.format());
          if (!read.samples().isEmpty()) {
            durations.put(pid, read.samples().getLast().duration());
          }
          media.add(read);
        });
    Set<Long> announced =
        tables.streams().keySet().stream().map(Integer::longValue).collect(Collectors.toSet());
    return new SegmentMedia(media, announced, flaws.list());
  }

  private void packet(
      TsPacket packet, byte[] bytes, TsTables tables, Map<Integer, TsTrack> tracks, Flaws flaws) {
    String path = "byte " + packet.offset();
    if (packet.pid() == TsPacket.NULL_PID) {
      return;
    }
    if (packet.error() || packet.scrambled()) {
      flaws.add(Rule.F4, path, packet.error() ? "marked as broken" : "scrambled");
      return;
    }
    if (!continuity(packet, bytes, flaws)) {
      return;
    }
    if (packet.pcr().isPresent() && packet.pid() == tables.pcrPid()) {
      pcr(packet, flaws);
    }
    if (!packet.hasPayload()) {
      return;
    }
    if (tables.isTable(packet.pid())) {
      tables.accept(packet, bytes);
    } else if (!tables.complete() && packet.pid() >= FIRST_FREE_PID) {
      flaws.add(Rule.F4, path, "PID " + packet.pid() + " comes before PAT and PMT");
    } else if (tables.streams().containsKey(packet.pid()) && tracks.size() < MAX_TRACKS) {
      tracks
          .computeIfAbsent(
              packet.pid(),
              pid ->
                  new TsTrack(
                      pid,
                      tables.streams().getOrDefault(pid, 0),
                      clocks.computeIfAbsent(pid, p -> new WrappingClock(WrappingClock.PES)),
                      Optional.ofNullable(formats.get(pid)),
                      durations.getOrDefault(pid, 0L),
                      flaws))
          .accept(packet, bytes, lastPcr);
    }
  }

  /** Whether the packet is to be read: a repeated one is not. */
  private boolean continuity(TsPacket packet, byte[] bytes, Flaws flaws) {
    byte[] now = Arrays.copyOfRange(bytes, packet.offset(), packet.end());
    TsPacket last = lastPackets.put(packet.pid(), packet);
    byte[] before = lastBytes.put(packet.pid(), now);
    if (last == null || before == null || packet.discontinuity()) {
      return true;
    }
    if (packet.hasPayload() && last.hasPayload() && packet.counter() == last.counter()) {
      // A packet may be sent twice, but for the PCR (2.4.3.3).
      if (Arrays.equals(now, 12, now.length, before, 12, before.length)) {
        return false;
      }
    }
    int expected = packet.hasPayload() ? last.counter() + 1 & 0xF : last.counter();
    if (packet.counter() != expected) {
      flaws.add(
          Rule.F5,
          "byte " + packet.offset(),
          "PID %d counts %d, expected %d".formatted(packet.pid(), packet.counter(), expected));
    }
    return true;
  }

  private void pcr(TsPacket packet, Flaws flaws) {
    long now = pcrClock.advance(packet.pcr().getAsLong());
    if (lastPcr >= 0 && !packet.discontinuity()) {
      long apart = now - lastPcr;
      if (apart <= 0) {
        flaws.add(Rule.F6, "byte " + packet.offset(), "PCR goes back by " + seconds(-apart) + " s");
      } else if (apart > MAX_PCR_INTERVAL) {
        flaws.add(Rule.F6, "byte " + packet.offset(), "PCRs are " + seconds(apart) + " s apart");
      }
    }
    lastPcr = now;
    pcrs++;
  }

  private static String seconds(long ticks) {
    return "%.3f".formatted(ticks / 27_000_000.0);
  }

  private static int resync(byte[] bytes, int from) {
    int at = from + 1;
    while (at < bytes.length && bytes[at] != SYNC) {
      at++;
    }
    return at;
  }
}
