package io.millrace.broker.mqtt;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.Table;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A table whose changes wait until the test answers them, the first one first. Thread-safe. */
final class AnsweredTable implements Table {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Asked(String key, byte @Nullable [] value, Promise<Void> answer) {}

  private final Map<String, byte[]> entries = new ConcurrentHashMap<>();
  private final Deque<Asked> asked = new ArrayDeque<>();
  private Consumer<String> changed = key -> {};
  private int most;

  @Override
  public Optional<byte[]> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public Future<Void> put(String key, byte[] value) {
    return ask(key, value);
  }

  @Override
  public Future<Void> remove(String key) {
    return ask(key, null);
  }

  private synchronized Future<Void> ask(String key, byte @Nullable [] value) {
    Promise<Void> answer = Promise.promise();
    asked.add(new Asked(key, value, answer));
    most = Math.max(most, asked.size());
    return answer.future();
  }

  /** How many changes wait. */
  synchronized int waiting() {
    return asked.size();
  }

  /** How many have waited at once. */
  synchronized int most() {
    return most;
  }

  private synchronized Asked next() {
    return asked.removeFirst();
  }

  /** The first one is in the log, and acknowledged. */
  void take() {
    Asked next = next();
    read(next);
    next.answer.complete();
  }

  /** All are, also those that are asked for by then. */
  void takeAll() {
    while (waiting() > 0) {
      take();
    }
  }

  /** The first one fails; what is returned lets it into the log all the same. */
  Runnable fail() {
    Asked next = next();
    next.answer.fail(new LogException(LogException.Reason.UNAVAILABLE, "no answer"));
    return () -> read(next);
  }

  private void read(Asked one) {
    if (one.value == null) {
      entries.remove(one.key);
    } else {
      entries.put(one.key, one.value);
    }
    changed.accept(one.key);
  }

  @Override
  public void forEach(BiConsumer<String, byte[]> entry) {
    entries.forEach(entry);
  }

  @Override
  public void onChange(Consumer<String> told) {
    changed = changed.andThen(told);
  }

  @Override
  public void close() {
    // Nothing follows it.
  }
}
