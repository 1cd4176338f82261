package io.millrace.validator.ts;

import io.millrace.validator.Rule;
import io.millrace.validator.media.Flaws;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** PAT and PMT of one segment (2.4.4): which PID carries what. */
final class TsTables {
  private static final int PAT = 0;
  private static final int PMT = 2;
  private static final int MAX_SECTION = 1024;

  private final Flaws flaws;
  private final Map<Integer, byte[]> open = new HashMap<>();
  private final Map<Integer, Integer> streams = new LinkedHashMap<>();
  private OptionalInt pmtPid = OptionalInt.empty();
  private int pcrPid = TsPacket.NULL_PID;
  private boolean complete;

  TsTables(Flaws flaws) {
    this.flaws = flaws;
  }

  /** Whether a PID carries tables. */
  boolean isTable(int pid) {
    return pid == 0 || (pmtPid.isPresent() && pmtPid.getAsInt() == pid);
  }

  /** Whether both tables were read. */
  boolean complete() {
    return complete;
  }

  int pcrPid() {
    return pcrPid;
  }

  /** PID to stream type. */
  Map<Integer, Integer> streams() {
    return streams;
  }

  /** Takes a packet of a table's PID. */
  void accept(TsPacket packet, byte[] bytes) {
    int from = packet.payload();
    if (packet.unitStart()) {
      if (from >= packet.end()) {
        flaws.add(Rule.F4, "byte " + packet.offset(), "a table without a pointer field");
        return;
      }
      from += 1 + (bytes[from] & 0xFF);
      open.put(packet.pid(), new byte[0]);
    }
    byte[] before = open.get(packet.pid());
    if (before == null || from > packet.end()) {
      return;
    }
    byte[] section = Arrays.copyOf(before, before.length + packet.end() - from);
    System.arraycopy(bytes, from, section, before.length, packet.end() - from);
    int length =
        section.length < 3 ? MAX_SECTION : 3 + (((section[1] & 0xF) << 8) | (section[2] & 0xFF));
    if (length > MAX_SECTION + 3) {
      flaws.add(Rule.F4, "byte " + packet.offset(), "a table of " + length + " bytes");
      open.remove(packet.pid());
    } else if (section.length >= length) {
      open.remove(packet.pid());
      section(Arrays.copyOf(section, length), "byte " + packet.offset());
    } else {
      open.put(packet.pid(), section);
    }
  }

  private void section(byte[] section, String path) {
    if (section.length < 12) {
      flaws.add(Rule.F4, path, "a table of " + section.length + " bytes");
    } else if (crc(section) != 0) {
      flaws.add(Rule.F4, path, "the table's CRC is wrong");
    } else if (section[0] == PAT) {
      pat(section, path);
    } else if (section[0] == PMT) {
      pmt(section, path);
    }
  }

  private void pat(byte[] section, String path) {
    for (int at = 8; at + 4 <= section.length - 4; at += 4) {
      if (number(section, at) != 0) {
        pmtPid = OptionalInt.of(number(section, at + 2) & 0x1FFF);
        return;
      }
    }
    flaws.add(Rule.F4, path, "the PAT names no program");
  }

  private void pmt(byte[] section, String path) {
    streams.clear();
    pcrPid = number(section, 8) & 0x1FFF;
    int at = 12 + (number(section, 10) & 0xFFF);
    while (at + 5 <= section.length - 4) {
      streams.put(number(section, at + 1) & 0x1FFF, type(section, at));
      at += 5 + (number(section, at + 3) & 0xFFF);
    }
    if (at != section.length - 4) {
      flaws.add(Rule.F4, path, "the PMT's descriptors don't fit");
    }
    complete = true;
  }

  /** The stream type; that of private data with an AC-3 descriptor (ETSI EN 300 468) is AC-3's. */
  private static int type(byte[] section, int at) {
    int type = section[at] & 0xFF;
    int end = Math.min(section.length - 4, at + 5 + (number(section, at + 3) & 0xFFF));
    for (int d = at + 5; type == 6 && d + 2 <= end; d += 2 + (section[d + 1] & 0xFF)) {
      int tag = section[d] & 0xFF;
      if (tag == 0x6A || tag == 0x7A) {
        return tag == 0x6A ? TsTrack.AC3 : TsTrack.EAC3;
      }
    }
    return type;
  }

  private static int number(byte[] section, int at) {
    return at + 1 < section.length ? (section[at] & 0xFF) << 8 | (section[at + 1] & 0xFF) : 0;
  }

  /** CRC-32 of MPEG-2 (annex A): 0 over a whole section with its own CRC. */
  static int crc(byte[] section) {
    int crc = -1;
    for (byte each : section) {
      crc ^= (each & 0xFF) << 24;
      for (int i = 0; i < 8; i++) {
        crc = crc << 1 ^ (crc < 0 ? 0x04C11DB7 : 0);
      }
    }
    return crc;
  }
}
