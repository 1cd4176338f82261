package io.millrace.broker.mqtt;

import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.Outstanding.Dealt;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was dealt to members of a shared subscription and is to go to others, before anything that
 * is new. Of what was sent only the place is known; it is read again. Not thread-safe.
 */
final class ReturnedMessages {
  /**
   * One of them.
   *
   * @param message where it is still at hand
   */
  record Returned(Dealt dealt, Optional<Message> message) {}

  private final Deque<Returned> messages = new ArrayDeque<>();

  /** They go before those that were returned earlier. */
  void add(List<Returned> more) {
    more.reversed().forEach(messages::addFirst);
  }

  /** The next one; null where there is none. */
  @Nullable Returned first() {
    return messages.peekFirst();
  }

  void removeFirst() {
    messages.removeFirst();
  }

  /**
   * The next one was read again.
   *
   * @param message empty where it is not there any more
   * @return whether it still was the next one, and is not there any more
   */
  boolean found(Returned one, Optional<Message> message) {
    if (!one.equals(messages.peekFirst())) {
      return false;
    }
    messages.removeFirst();
    if (message.isPresent()) {
      messages.addFirst(new Returned(one.dealt, message));
    }
    return message.isEmpty();
  }

  void clear() {
    messages.clear();
  }
}
