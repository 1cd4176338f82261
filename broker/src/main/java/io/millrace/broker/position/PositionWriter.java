package io.millrace.broker.position;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Writes the tokens of positions. One belongs to one thread and is used again and again: it makes
 * no garbage, since there is a token with every message that is delivered.
 *
 * <p>A token is base64url without padding (RFC 4648 section 5) of:
 *
 * <pre>
 *   1 byte   0x11 version 1, of a topic; 0x12 version 1, of a filter
 *   4 bytes  the cluster's fingerprint, big endian
 *   varint   generation
 *   varint   time in milliseconds
 *   varint   0x11: the partition;                 0x12: how many partitions
 *   varint   0x11: the offset of the next record; 0x12: that of each partition
 *   4 bytes  CRC-32C of all before, little endian
 * </pre>
 *
 * <p>A varint has seven bits a byte, the lowest first, and no byte more than it needs; so a
 * position has one token. The checksum finds every change within four characters that follow each
 * other, and of any other change it misses one in four thousand million.
 */
public final class PositionWriter {
  static final int OF_TOPIC = 0x11;
  static final int OF_FILTER = 0x12;
  static final int CHECKSUM_BYTES = 4;

  /** Kind, cluster, generation, time, and a partition or the number of partitions. */
  private static final int HEAD_BYTES = 1 + 4 + 5 + 9 + 2;

  private static final int MAX_OFFSET_BYTES = 9;

  /** The most characters the token of a topic's position has. */
  public static final int MAX_LENGTH_OF_TOPIC = characters(HEAD_BYTES + MAX_OFFSET_BYTES);

  /** The most characters any token has. */
  public static final int MAX_LENGTH =
      characters(HEAD_BYTES + Offsets.MAX_PARTITIONS * MAX_OFFSET_BYTES);

  static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final byte[] CHARACTERS = ALPHABET.getBytes(StandardCharsets.US_ASCII);

  private final CRC32C checksum = new CRC32C();
  private byte[] bytes = new byte[HEAD_BYTES + 16 * MAX_OFFSET_BYTES + CHECKSUM_BYTES];
  private int length;

  private static int characters(int bytes) {
    return ((bytes + CHECKSUM_BYTES) * 8 + 5) / 6;
  }

  /**
   * The most characters the token of a filter's position has in a log with so many partitions; at
   * most {@link #MAX_LENGTH}.
   */
  public static int maxLengthOfFilter(int partitions) {
    return characters(HEAD_BYTES + partitions * MAX_OFFSET_BYTES);
  }

  /**
   * Writes the token of a topic's position as ASCII. The numbers are those of {@link
   * Position.OfTopic} and are not checked again.
   *
   * @param target has room for {@link #MAX_LENGTH_OF_TOPIC} bytes
   * @return the index after the last byte
   */
  public int write(
      int cluster,
      int generation,
      int partition,
      long next,
      long timeMillis,
      byte[] target,
      int at) {
    head(OF_TOPIC, cluster, generation, timeMillis);
    varint(partition);
    varint(next);
    return finish(target, at);
  }

  /**
   * Writes the token of a filter's position as ASCII. The numbers are those of {@link
   * Position.OfFilter} and are not checked again.
   *
   * @param next one offset for each partition
   * @param target has room for {@link #maxLengthOfFilter} bytes
   * @return the index after the last byte
   */
  public int write(
      int cluster, int generation, long[] next, long timeMillis, byte[] target, int at) {
    int most = HEAD_BYTES + next.length * MAX_OFFSET_BYTES + CHECKSUM_BYTES;
    if (bytes.length < most) {
      bytes = new byte[most];
    }
    head(OF_FILTER, cluster, generation, timeMillis);
    varint(next.length);
    for (long offset : next) {
      varint(offset);
    }
    return finish(target, at);
  }

  /** The token as a text. */
  public String token(Position position) {
    byte[] target =
        new byte
            [switch (position) {
              case Position.OfTopic topic -> MAX_LENGTH_OF_TOPIC;
              case Position.OfFilter filter -> maxLengthOfFilter(filter.next().partitions());
            }];
    int end =
        switch (position) {
          case Position.OfTopic(int cluster, int generation, int partition, long next, long time) ->
              write(cluster, generation, partition, next, time, target, 0);
          case Position.OfFilter(int cluster, int generation, Offsets next, long time) ->
              write(cluster, generation, next.toArray(), time, target, 0);
        };
    return new String(target, 0, end, StandardCharsets.US_ASCII);
  }

  private void head(int kind, int cluster, int generation, long timeMillis) {
    bytes[0] = (byte) kind;
    bytes[1] = (byte) (cluster >>> 24);
    bytes[2] = (byte) (cluster >>> 16);
    bytes[3] = (byte) (cluster >>> 8);
    bytes[4] = (byte) cluster;
    length = 5;
    varint(generation);
    varint(timeMillis);
  }

  private void varint(long value) {
    long rest = value;
    while (rest >= 0x80) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private int finish(byte[] target, int start) {
    checksum.reset();
    checksum.update(bytes, 0, length);
    int sum = (int) checksum.getValue();
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      bytes[length++] = (byte) (sum >>> (8 * i));
    }
    int at = start;
    int from = 0;
    for (; from + 3 <= length; from += 3) {
      int bits =
          ((bytes[from] & 0xFF) << 16) | ((bytes[from + 1] & 0xFF) << 8) | (bytes[from + 2] & 0xFF);
      target[at++] = CHARACTERS[bits >>> 18];
      target[at++] = CHARACTERS[(bits >>> 12) & 0x3F];
      target[at++] = CHARACTERS[(bits >>> 6) & 0x3F];
      target[at++] = CHARACTERS[bits & 0x3F];
    }
    if (from < length) {
      int first = bytes[from] & 0xFF;
      int second = from + 1 < length ? bytes[from + 1] & 0xFF : 0;
      target[at++] = CHARACTERS[first >>> 2];
      target[at++] = CHARACTERS[((first & 0x3) << 4) | (second >>> 4)];
      if (from + 1 < length) {
        target[at++] = CHARACTERS[(second & 0xF) << 2];
      }
    }
    return at;
  }
}
