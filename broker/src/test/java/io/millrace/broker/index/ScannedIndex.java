package io.millrace.broker.index;

import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import java.util.List;

/** An index that looks at everything, each time: what a real one has to agree with. */
public class ScannedIndex implements TopicIndex {
  private final MemoryTopicLog log;

  public ScannedIndex(MemoryTopicLog log) {
    this.log = log;
  }

  private List<Message> of(PartitionRef partition, String path) {
    return log.all(partition).stream().filter(message -> message.path().equals(path)).toList();
  }

  @Override
  public long next(PartitionRef partition, String path, long from) {
    return of(partition, path).stream()
        .mapToLong(Message::offset)
        .filter(offset -> offset >= from)
        .findFirst()
        .orElse(NONE);
  }

  @Override
  public long until(PartitionRef partition, String path, long from, long gap) {
    long last = NONE;
    for (Message message : of(partition, path)) {
      if (message.offset() >= from && (last == NONE || message.offset() - last <= gap)) {
        last = message.offset();
      }
    }
    return last == NONE ? NONE : last + 1;
  }

  @Override
  public long last(PartitionRef partition, String path, long count) {
    List<Message> messages = of(partition, path);
    return messages.isEmpty()
        ? NONE
        : messages.get((int) Math.max(0, messages.size() - count)).offset();
  }

  @Override
  public long since(PartitionRef partition, String path, long timeMillis) {
    return of(partition, path).stream()
        .filter(message -> message.timestamp() >= timeMillis)
        .mapToLong(Message::offset)
        .findFirst()
        .orElse(NONE);
  }

  @Override
  public Lasts lasts(PartitionRef partition, long from, long to) {
    long[] lasts =
        log.all(partition).stream()
            .filter(message -> message.offset() >= from && message.offset() < to)
            .filter(message -> next(partition, message.path(), message.offset() + 1) == NONE)
            .mapToLong(Message::offset)
            .toArray();
    return new Lasts(lasts, true);
  }

  @Override
  public long start(PartitionRef partition) {
    List<Message> all = log.all(partition);
    return all.isEmpty() ? 0 : all.getFirst().offset();
  }

  @Override
  public long end(PartitionRef partition) {
    List<Message> all = log.all(partition);
    return all.isEmpty() ? 0 : all.getLast().offset() + 1;
  }
}
