package io.millrace.broker.position;

import io.millrace.broker.Parsed;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads what {@link PositionWriter} writes, and refuses everything else with words. */
final class PositionReader {
  private static final String FOREIGN = "this is not a position that this server has given";
  private static final byte[] VALUES = new byte[128];

  private final byte[] bytes;
  private final int end;
  private int at = 1;

  /** What was read is not what a writer writes; the numbers are of no use then. */
  private boolean broken;

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < PositionWriter.ALPHABET.length(); i++) {
      VALUES[PositionWriter.ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private PositionReader(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  static Parsed<Position> read(String token) {
    if (token.isEmpty()) {
      return refused("a position is not empty");
    }
    if (token.length() > PositionWriter.MAX_LENGTH) {
      return refused("a position has at most " + PositionWriter.MAX_LENGTH + " characters");
    }
    for (int i = 0; i < token.length(); i++) {
      if (value(token, i) < 0) {
        return refused("a position has only A-Z, a-z, 0-9, '-' and '_', not what it has at " + i);
      }
    }
    byte[] bytes = decode(token);
    if (bytes == null || bytes.length <= 1 + PositionWriter.CHECKSUM_BYTES || !isIntact(bytes)) {
      return refused("the position is mistyped or cut off: its checksum does not agree");
    }
    return new PositionReader(bytes, bytes.length - PositionWriter.CHECKSUM_BYTES).position();
  }

  private Parsed<Position> position() {
    int kind = bytes[0];
    if (kind != PositionWriter.OF_TOPIC && kind != PositionWriter.OF_FILTER) {
      return refused("the position is of a kind that this version of the server does not know");
    }
    int cluster = cluster();
    long generation = varint(Integer.MAX_VALUE);
    long time = varint(Long.MAX_VALUE);
    Position position;
    if (kind == PositionWriter.OF_TOPIC) {
      long partition = varint(Offsets.MAX_PARTITIONS - 1);
      long next = varint(Long.MAX_VALUE);
      if (broken || at != end) {
        return refused(FOREIGN);
      }
      position = new Position.OfTopic(cluster, (int) generation, (int) partition, next, time);
    } else {
      long partitions = varint(Offsets.MAX_PARTITIONS);
      if (broken || partitions == 0 || partitions > end - at) {
        return refused(FOREIGN);
      }
      long[] next = new long[(int) partitions];
      for (int i = 0; i < next.length; i++) {
        next[i] = varint(Long.MAX_VALUE);
      }
      if (broken || at != end) {
        return refused(FOREIGN);
      }
      position = new Position.OfFilter(cluster, (int) generation, Offsets.owning(next), time);
    }
    return new Parsed.Value<>(position);
  }

  private int cluster() {
    if (end - at < 4) {
      broken = true;
      return 0;
    }
    int cluster = 0;
    for (int i = 0; i < 4; i++) {
      cluster = (cluster << 8) | (bytes[at++] & 0xFF);
    }
    return cluster;
  }

  /** A number from 0 to a most; marks the token as broken when there is none. */
  private long varint(long most) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE - 1 && at < end; shift += 7) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        boolean longerThanNeeded = next == 0 && shift > 0;
        broken |= longerThanNeeded || value > most;
        return value;
      }
    }
    broken = true;
    return 0;
  }

  private static boolean isIntact(byte[] bytes) {
    int end = bytes.length - PositionWriter.CHECKSUM_BYTES;
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, end);
    int sum = (int) checksum.getValue();
    for (int i = 0; i < PositionWriter.CHECKSUM_BYTES; i++) {
      if (bytes[end + i] != (byte) (sum >>> (8 * i))) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of characters that are all of the alphabet; null when some bits are left over. */
  private static byte @Nullable [] decode(String token) {
    int bits = token.length() * 6;
    byte[] bytes = new byte[bits / 8];
    int pending = 0;
    int held = 0;
    int length = 0;
    for (int i = 0; i < token.length(); i++) {
      pending = (pending << 6) | value(token, i);
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes[length++] = (byte) (pending >>> held);
        pending &= (1 << held) - 1;
      }
    }
    return held < 6 && pending == 0 ? bytes : null;
  }

  private static int value(String token, int at) {
    char c = token.charAt(at);
    return c < VALUES.length ? VALUES[c] : -1;
  }

  private static Parsed<Position> refused(String problem) {
    return new Parsed.Refused<>(problem);
  }
}
