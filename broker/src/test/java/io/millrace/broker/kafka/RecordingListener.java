package io.millrace.broker.kafka;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Keeps what a tail hands over. */
final class RecordingListener implements TailListener {
  /** A jump of a partition. */
  record Jump(PartitionRef partition, long from, long to) {}

  final LinkedBlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  final List<Jump> jumps = new CopyOnWriteArrayList<>();
  final List<PartitionRef> caughtUp = new CopyOnWriteArrayList<>();

  @Override
  public void messages(PartitionRef partition, List<Message> batch) {
    messages.addAll(batch);
  }

  @Override
  public void jumped(PartitionRef partition, long from, long to) {
    jumps.add(new Jump(partition, from, to));
  }

  @Override
  public void caughtUp(PartitionRef partition) {
    caughtUp.add(partition);
  }

  List<String> payloads() {
    return messages.stream()
        .map(message -> new String(message.payload(), StandardCharsets.UTF_8))
        .toList();
  }
}
