package io.millrace.broker.kafka;

import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A message as a Kafka record and back: the key is the path, the value the payload, the headers are
 * the producer's own and these of the platform's.
 *
 * <pre>
 *   mr-id       what the producer called the message, UTF-8
 *   mr-retain   1
 *   mr-expires  milliseconds since 1970 UTC, decimal digits
 *   mr-at       only in a companion, and there handed on: see {@code last.LastRecord}
 * </pre>
 *
 * <p>Other Kafka clients write what they like: a value of null is an empty payload, a header of
 * null an empty one, and what makes no sense in the platform's headers counts as absent.
 */
final class RecordCodec {
  private static final String ID = Headers.OWN + "id";
  private static final String RETAIN = Headers.OWN + "retain";
  private static final String EXPIRES = Headers.OWN + "expires";
  private static final byte[] SET = {'1'};
  private static final byte[] EMPTY = {};
  private static final int LONGEST_TIME = 18;
  private static final char REPLACEMENT = '\uFFFD';

  private RecordCodec() {}

  static ProducerRecord<byte[], byte[]> encode(
      String topic, int partition, byte[] key, Publication publication) {
    byte[] value = publication.payload();
    // A topic's path does not begin so: what is empty there is to be compacted away.
    boolean isRemoval = value.length == 0 && key[0] == 0;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, partition, key, isRemoval ? null : value);
    org.apache.kafka.common.header.Headers headers = record.headers();
    Headers own = publication.headers();
    for (int i = 0; i < own.size(); i++) {
      headers.add(own.name(i), own.value(i));
    }
    if (publication.id().isPresent()) {
      headers.add(ID, publication.id().get().getBytes(StandardCharsets.UTF_8));
    }
    if (publication.retain()) {
      headers.add(RETAIN, SET);
    }
    if (publication.expires() != Message.NEVER) {
      headers.add(EXPIRES, ascii(publication.expires()));
    }
    return record;
  }

  /** Null for a record whose key names no topic: none, an empty one, or not UTF-8. */
  static @Nullable Message decode(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    if (key == null || key.length == 0) {
      return null;
    }
    String path = new String(key, StandardCharsets.UTF_8);
    if (path.indexOf(REPLACEMENT) >= 0
        && !Arrays.equals(key, path.getBytes(StandardCharsets.UTF_8))) {
      return null;
    }
    String id = null;
    boolean retain = false;
    long expires = Message.NEVER;
    Headers.Builder headers = null;
    for (Header header : record.headers()) {
      byte[] value = header.value() == null ? EMPTY : header.value();
      if (!header.key().startsWith(Headers.OWN)
          || (header.key().equals(Headers.AT) && KafkaTopics.isLast(record.topic()))) {
        headers = headers == null ? Headers.builder() : headers;
        headers.add(header.key(), value);
      } else if (header.key().equals(ID)) {
        id = id(value);
      } else if (header.key().equals(RETAIN)) {
        retain = Arrays.equals(value, SET);
      } else if (header.key().equals(EXPIRES)) {
        expires = time(value);
      }
    }
    return new Message(
        path,
        record.partition(),
        record.offset(),
        record.timestamp(),
        id,
        retain,
        expires,
        headers == null ? Headers.NONE : headers.build(),
        record.value() == null ? EMPTY : record.value());
  }

  private static @Nullable String id(byte[] value) {
    String id = new String(value, StandardCharsets.UTF_8);
    return id.isEmpty() || id.length() > Publication.LONGEST_ID ? null : id;
  }

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static long time(byte[] digits) {
    if (digits.length == 0 || digits.length > LONGEST_TIME) {
      return Message.NEVER;
    }
    long time = 0;
    for (byte digit : digits) {
      if (digit < '0' || digit > '9') {
        return Message.NEVER;
      }
      time = time * 10 + (digit - '0');
    }
    return time;
  }
}
