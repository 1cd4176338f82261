package io.millrace.broker.mqtt;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.Table;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps sessions in a table of the log, so that they survive the process. What the table has not
 * acknowledged is remembered here; what it has refused and nobody else will give it again, the end
 * of a session or of its connection, is given to it until it takes it. What is given for one key is
 * given under that key's lock, one after another; of a session that may be large no more than its
 * beginning is read there, unless what is kept is changed.
 *
 * <pre>
 *   save, delete ──> wanted ──acknowledged──> (the table has it)
 *                     ^  │
 *               retry │  └──failed──> undone, or given up where a client has heard of it
 *                     └──────────────────┘
 * </pre>
 */
final class TableSessionStore implements SessionStore {
  private static final Logger LOGGER = LoggerFactory.getLogger(TableSessionStore.class);

  /** How many are tried again at once. */
  private static final int MOST_RETRIED = 1000;

  private static final int LOCKS = 64;

  /**
   * What the table is to have.
   *
   * @param session empty for none
   * @param epoch of whoever wants it
   * @param safe when the table has it
   */
  private record Wanted(Optional<StoredSession> session, long epoch, Promise<Void> safe) {
    private static Wanted of(Optional<StoredSession> session, long epoch) {
      return new Wanted(session, epoch, Promise.promise());
    }

    private Wanted again() {
      return of(session, epoch);
    }

    private boolean isOfConnection() {
      return session.filter(its -> its.endsAt() == StoredSession.CONNECTED).isPresent();
    }
  }

  private final Table table;
  private final SessionShares shares;
  private final List<Object> locks = IntStream.range(0, LOCKS).mapToObj(i -> new Object()).toList();

  /** What the table has not acknowledged yet. */
  private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();

  /** What it has refused. */
  private final Set<String> undone = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean isFailing = new AtomicBoolean();

  TableSessionStore(Table table) {
    this(table, Table.MOST_BYTES);
  }

  /**
   * @param mostBytes what all sessions may take together
   */
  TableSessionStore(Table table, long mostBytes) {
    this.table = table;
    this.shares = new SessionShares(mostBytes);
    table.onChange(this::count);
    table.forEach((key, value) -> count(key));
  }

  private Object lock(String key) {
    return locks.get(Math.floorMod(key.hashCode(), LOCKS));
  }

  /** What is wanted was counted when it was. */
  private void count(String key) {
    if (!wanted.containsKey(key)) {
      table
          .get(key)
          .ifPresentOrElse(
              value -> shares.set(key, SessionCodec.principal(value), weight(key, value)),
              () -> shares.remove(key));
    }
  }

  private static int weight(String key, byte[] value) {
    return Table.weight(length(key, value));
  }

  private static int length(String key, byte[] value) {
    return key.getBytes(StandardCharsets.UTF_8).length + value.length;
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  @Override
  public Optional<StoredSession> get(String key) {
    Wanted ours = wanted.get(key);
    Optional<StoredSession> kept = table.get(key).flatMap(SessionCodec::decode);
    return ours == null || isAbove(kept.map(StoredSession::epoch), ours.epoch)
        ? kept
        : ours.session;
  }

  /** Of {@link #get}, without reading the rest of it. */
  private Optional<Long> epoch(String key) {
    Wanted ours = wanted.get(key);
    Optional<Long> kept = keptEpoch(key);
    return ours == null || isAbove(kept, ours.epoch)
        ? kept
        : ours.session.map(StoredSession::epoch);
  }

  private Optional<Long> keptEpoch(String key) {
    OptionalLong epoch = table.get(key).map(SessionCodec::epoch).orElse(OptionalLong.empty());
    return epoch.isPresent() ? Optional.of(epoch.getAsLong()) : Optional.empty();
  }

  private static boolean isAbove(Optional<Long> its, long epoch) {
    return its.filter(one -> one > epoch).isPresent();
  }

  @Override
  public Future<Void> save(String key, StoredSession session) {
    byte[] value = SessionCodec.encode(session);
    synchronized (lock(key)) {
      return save(key, session, value);
    }
  }

  private Future<Void> save(String key, StoredSession session, byte[] value) {
    if (isAbove(epoch(key), session.epoch())) {
      return Future.succeededFuture();
    }
    if (length(key, value) > Table.LONGEST_ENTRY) {
      return Future.failedFuture(
          new NoRoomException("a session has at most " + Table.LONGEST_ENTRY + " bytes"));
    }
    if (!shares.take(key, session.principal(), weight(key, value))) {
      return Future.failedFuture(
          new NoRoomException(
              "the sessions of this credential have as much as they may: "
                  + shares.of(session.principal())
                  + " bytes"));
    }
    return give(key, Wanted.of(Optional.of(session), session.epoch()), () -> table.put(key, value));
  }

  @Override
  public Future<Void> change(String key, Function<StoredSession, Optional<StoredSession>> change) {
    synchronized (lock(key)) {
      Optional<StoredSession> changed = get(key).flatMap(change);
      return changed.isPresent()
          ? save(key, changed.get(), SessionCodec.encode(changed.get()))
          : given(key);
    }
  }

  /** When what was given is safe; what was refused is given again. */
  private Future<Void> given(String key) {
    if (undone.remove(key)) {
      return again(key);
    }
    Wanted ours = wanted.get(key);
    return ours == null ? Future.succeededFuture() : ours.safe.future();
  }

  @Override
  public Future<Void> delete(String key, long epoch) {
    synchronized (lock(key)) {
      if (isAbove(epoch(key), epoch)) {
        return Future.succeededFuture();
      }
      shares.remove(key);
      return give(key, Wanted.of(Optional.empty(), epoch), () -> table.remove(key));
    }
  }

  private Future<Void> give(String key, Wanted ours, Supplier<Future<Void>> change) {
    wanted.put(key, ours);
    return change
        .get()
        .onComplete(
            done -> {
              if (done.succeeded()) {
                settled(key, ours);
                if (isFailing.compareAndSet(true, false)) {
                  LOGGER.atInfo().log("MQTT sessions are kept again");
                }
              } else {
                failed(key, ours, done.cause());
              }
              ours.safe.handle(done);
            });
  }

  private void settled(String key, Wanted ours) {
    wanted.remove(key, ours);
    count(key);
  }

  private void failed(String key, Wanted ours, Throwable reason) {
    if (isFailing.compareAndSet(false, true)) {
      LOGGER
          .atWarn()
          .addKeyValue("reason", reason.getMessage())
          .log("MQTT sessions cannot be kept at the moment");
    }
    boolean isForEver =
        reason instanceof LogException e && e.reason() == LogException.Reason.TOO_LARGE;
    if (ours.isOfConnection() || isForEver) {
      // Its client hears of it, and what is kept when it has left is given anew.
      settled(key, ours);
    } else if (ours.equals(wanted.get(key))) {
      undone.add(key);
    }
  }

  @Override
  public void retry() {
    for (String key : undone.stream().limit(MOST_RETRIED).toList()) {
      synchronized (lock(key)) {
        undone.remove(key);
        again(key);
      }
    }
  }

  private Future<Void> again(String key) {
    Wanted ours = wanted.get(key);
    if (ours == null) {
      return Future.succeededFuture();
    }
    if (isAbove(keptEpoch(key), ours.epoch)) {
      settled(key, ours);
      return Future.succeededFuture();
    }
    return give(
        key,
        ours.again(),
        () ->
            ours.session
                .map(session -> table.put(key, SessionCodec.encode(session)))
                .orElseGet(() -> table.remove(key)));
  }

  @Override
  public void forEach(BiConsumer<String, StoredSession> each) {
    table.forEach(
        (key, value) -> SessionCodec.decode(value).ifPresent(session -> each.accept(key, session)));
    wanted.forEach((key, ours) -> ours.session.ifPresent(session -> each.accept(key, session)));
  }

  @Override
  public void onChange(Consumer<String> changed) {
    table.onChange(changed);
  }
}
