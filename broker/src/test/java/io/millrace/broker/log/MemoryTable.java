package io.millrace.broker.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A table of a log in memory: changes are acknowledged on another thread, in their order. */
final class MemoryTable implements Table {
  /** What all who have opened the table share. */
  static final class Shared {
    private final Map<String, byte[]> entries = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  }

  private final Shared shared;
  private final Executor thread;
  private final AtomicBoolean isBroken;
  private final List<Consumer<String>> own = new CopyOnWriteArrayList<>();
  private volatile boolean isClosed;

  /**
   * @param thread runs one after another
   * @param isBroken whether changes fail
   */
  MemoryTable(Shared shared, Executor thread, AtomicBoolean isBroken) {
    this.shared = shared;
    this.thread = thread;
    this.isBroken = isBroken;
  }

  @Override
  public Optional<byte[]> get(String key) {
    return Optional.ofNullable(shared.entries.get(key));
  }

  @Override
  public Future<Void> put(String key, byte[] value) {
    return write(key, value);
  }

  @Override
  public Future<Void> remove(String key) {
    return write(key, null);
  }

  private Future<Void> write(String key, byte @Nullable [] value) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an entry without a key");
    }
    ContextInternal context = ContextInternal.current();
    Promise<Void> promise = context == null ? Promise.promise() : context.promise();
    int length = key.getBytes(StandardCharsets.UTF_8).length + (value == null ? 0 : value.length);
    if (isClosed) {
      promise.fail(unavailable("the table is closed"));
    } else if (length > LONGEST_ENTRY) {
      promise.fail(
          new LogException(
              LogException.Reason.TOO_LARGE,
              "the entry has " + length + " bytes, a table takes " + LONGEST_ENTRY));
    } else {
      thread.execute(() -> write(key, value, promise));
    }
    return promise.future();
  }

  private void write(String key, byte @Nullable [] value, Promise<Void> promise) {
    if (isBroken.get()) {
      promise.fail(unavailable("the log is broken for now"));
      return;
    }
    if (value == null) {
      shared.entries.remove(key);
    } else {
      shared.entries.put(key, value);
    }
    promise.complete();
    shared.listeners.forEach(listener -> listener.accept(key));
  }

  private static LogException unavailable(String words) {
    return new LogException(LogException.Reason.UNAVAILABLE, words);
  }

  @Override
  public void forEach(BiConsumer<String, byte[]> entry) {
    shared.entries.forEach(entry);
  }

  @Override
  public void onChange(Consumer<String> changed) {
    own.add(changed);
    shared.listeners.add(changed);
  }

  @Override
  public void close() {
    isClosed = true;
    shared.listeners.removeAll(own);
  }
}
