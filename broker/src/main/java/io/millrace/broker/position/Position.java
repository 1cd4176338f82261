package io.millrace.broker.position;

import io.millrace.broker.Parsed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Up to where a subscriber has got everything, held by the subscriber as an opaque token. The
 * position of a message means that it and everything before it was delivered; what is kept is the
 * offset of the next record. {@link PositionWriter} writes tokens.
 *
 * <p>An offset means something in one generation of a namespace's log on one cluster. Elsewhere
 * only the time is of use, and a resume by it may repeat messages.
 */
public sealed interface Position {
  /** The one that a namespace begins with. */
  int FIRST_GENERATION = 1;

  /** The fingerprint of the Kafka cluster, as {@link #clusterOf} makes it. */
  int cluster();

  /** Which of the namespace's logs, from 0 on; one with more partitions is a new generation. */
  int generation();

  /** When the message was published, in milliseconds since 1970. */
  long timeMillis();

  /**
   * In the one partition that an exact topic is in.
   *
   * @param partition below {@link Offsets#MAX_PARTITIONS}
   * @param next the offset of the next record to deliver
   */
  record OfTopic(int cluster, int generation, int partition, long next, long timeMillis)
      implements Position {
    /**
     * @throws IllegalArgumentException when a number is out of range
     */
    public OfTopic {
      Offsets.requireNotNegative("generation", generation);
      Offsets.requireNotNegative("partition", partition);
      Offsets.requireNotNegative("offset", next);
      Offsets.requireNotNegative("time", timeMillis);
      if (partition >= Offsets.MAX_PARTITIONS) {
        throw new IllegalArgumentException(
            "a log has at most " + Offsets.MAX_PARTITIONS + " partitions");
      }
    }
  }

  /** In every partition, for a filter with wildcards. */
  record OfFilter(int cluster, int generation, Offsets next, long timeMillis) implements Position {
    /**
     * @throws IllegalArgumentException when a number is out of range
     */
    public OfFilter {
      Offsets.requireNotNegative("generation", generation);
      Offsets.requireNotNegative("time", timeMillis);
    }
  }

  /**
   * The same in a namespace of the same name that is made after this one was deleted: before
   * everything in it.
   */
  default Position anew() {
    return switch (this) {
      case OfTopic its -> new OfTopic(its.cluster, FIRST_GENERATION, its.partition, 0, 0);
      case OfFilter its ->
          new OfFilter(
              its.cluster, FIRST_GENERATION, Offsets.of(new long[its.next.partitions()]), 0);
    };
  }

  /** As {@link #anew()}, of a token; what is none stays as it is. */
  static String anew(String token) {
    return parse(token) instanceof Parsed.Value<Position>(Position at) ? at.anew().token() : token;
  }

  /** Reads a token from outside. */
  static Parsed<Position> parse(String token) {
    return PositionReader.read(token);
  }

  /** The token: URL-safe, at most {@link PositionWriter#MAX_LENGTH} characters. */
  default String token() {
    return new PositionWriter().token(this);
  }

  /**
   * The fingerprint of a Kafka cluster's id: 32 bits tell the few clusters apart that one meets.
   */
  static int clusterOf(String kafkaClusterId) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(kafkaClusterId.getBytes(StandardCharsets.UTF_8));
      return ((digest[0] & 0xFF) << 24)
          | ((digest[1] & 0xFF) << 16)
          | ((digest[2] & 0xFF) << 8)
          | (digest[3] & 0xFF);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
