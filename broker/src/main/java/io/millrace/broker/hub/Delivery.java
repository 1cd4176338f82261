package io.millrace.broker.hub;

import io.millrace.broker.last.LastRecord;
import io.millrace.broker.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to those of one event loop whom it concerns, and what doors have made of
 * it: each encoding is made once, however many take it. Belongs to the event loop.
 */
public final class Delivery {
  private record Made(Object key, Object encoded, @Nullable Runnable release) {}

  /** The generation of a message that is in the log. */
  private static final int CURRENT = 0;

  private final Message message;
  private final int generation;
  private final List<Made> made = new ArrayList<>(2);

  Delivery(Message message) {
    this(message, CURRENT);
  }

  private Delivery(Message message, int generation) {
    this.message = message;
    this.generation = generation;
  }

  /** Of a last value that the log has no more. */
  static Delivery of(LastRecord value) {
    return new Delivery(value.message(), value.generation());
  }

  /** The generation of the namespace's log that the message is of. */
  int generation(int current) {
    return generation == CURRENT ? current : generation;
  }

  public Message message() {
    return message;
  }

  /**
   * The message in a door's encoding.
   *
   * @param key tells this encoding from all others of the message; compared with {@code equals}
   * @param encoder called when it is not there yet
   * @param release called when nobody takes the message any more
   */
  @SuppressWarnings("unchecked") // A key stands for one encoder and so for one type.
  public <T> T encoded(Object key, Function<Message, T> encoder, Consumer<T> release) {
    for (Made one : made) {
      if (one.key.equals(key)) {
        return (T) one.encoded;
      }
    }
    T encoded = encoder.apply(message);
    made.add(new Made(key, encoded, () -> release.accept(encoded)));
    return encoded;
  }

  /** As above, where nothing is to be released. */
  @SuppressWarnings("unchecked") // As above.
  public <T> T encoded(Object key, Function<Message, T> encoder) {
    for (Made one : made) {
      if (one.key.equals(key)) {
        return (T) one.encoded;
      }
    }
    T encoded = encoder.apply(message);
    made.add(new Made(key, encoded, null));
    return encoded;
  }

  /** It has been offered to everyone. */
  void finish() {
    for (Made one : made) {
      if (one.release != null) {
        one.release.run();
      }
    }
    made.clear();
  }
}
