package io.millrace.broker.log;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import java.util.ArrayList;
import java.util.List;

/** A partition of a {@link MemoryTopicLog}, whose lock guards it. */
final class MemoryPartition {
  private final List<Message> messages = new ArrayList<>();
  private long start;
  private long end;

  /** Everything that is held. */
  List<Message> all() {
    return List.copyOf(messages);
  }

  List<Message> from(long offset) {
    return messages.stream().filter(message -> message.offset() >= offset).toList();
  }

  long end() {
    return end;
  }

  TopicLog.Bounds bounds() {
    return new TopicLog.Bounds(start, end);
  }

  long size() {
    return messages.stream().mapToLong(Message::weight).sum();
  }

  /**
   * Appends, with holes between offsets as those of compacted or transactional logs.
   *
   * @param isCompacted whether a topic has only its newest message
   */
  Message append(int number, long time, Publication publication, boolean isCompacted) {
    end += publication.payload().length % 3 == 0 ? 2 : 1;
    Message message =
        new Message(
            publication.path(),
            number,
            end - 1,
            time,
            publication.id().orElse(null),
            publication.retain(),
            publication.expires(),
            publication.headers(),
            publication.payload());
    if (isCompacted) {
      messages.removeIf(older -> older.path().equals(message.path()));
    }
    messages.add(message);
    return message;
  }

  /** Retention takes everything before an offset. */
  void trim(long to) {
    start = Math.min(to, end);
    messages.removeIf(message -> message.offset() < start);
  }

  /** Everything from an offset on is lost. */
  void cut(long to) {
    end = to;
    messages.removeIf(message -> message.offset() >= to);
  }

  HistoryReader.Slice read(long from, long before, int maxBytes) {
    long first = Math.max(from, start);
    List<Message> read = new ArrayList<>();
    long next = first;
    int weight = 0;
    for (Message message : messages) {
      if (message.offset() >= first && next < before && (read.isEmpty() || weight < maxBytes)) {
        read.add(message);
        weight += message.weight();
        next = message.offset() + 1;
      }
    }
    return new HistoryReader.Slice(read, first, next);
  }

  /** The first message of a time or later, or the end. */
  long offsetAt(long timeMillis) {
    return messages.stream()
        .filter(message -> message.timestamp() >= timeMillis)
        .map(Message::offset)
        .findFirst()
        .orElse(end);
  }
}
