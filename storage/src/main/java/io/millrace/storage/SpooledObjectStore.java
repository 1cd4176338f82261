package io.millrace.storage;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A store whose puts are acknowledged when they are on this machine's disk, and go on to another
 * store from there, again and again until that has them: over its outages and our restarts. Above
 * {@link S3Config.Spool#maxBytes} a put is refused as {@link StorageException.Reason#FULL}.
 *
 * <p>What is read is looked for on the disk first. A conditional put is decided by the other store
 * alone and so needs it; it goes there when everything has that was put below the same directory
 * before, so that nobody finds a state there that names objects which are not there. The steps of
 * one key on the disk follow each other, and a delete waits for an upload that is under way.
 */
public final class SpooledObjectStore implements ObjectStore {
  private static final int MAX_ALIASES = 10_000;
  private static final int PAGE = 1000;

  private final Context own;
  private final ObjectStore disk;
  private final ObjectStore remote;
  private final SpoolQueue queue;
  private final SpoolUploads uploads;
  private final SpoolMetrics metrics;
  private final LongSupplier nanos;
  private final InOrder order = new InOrder();
  private final UnderWay underWay = new UnderWay();

  /** Tags that were told before an upload, and what the object is called since. */
  private final Map<String, Alias> aliases =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Alias> eldest) {
          return size() > MAX_ALIASES;
        }
      };

  private record Alias(String told, String tag) {}

  /** What waited, and what it became. */
  private record Sent(ObjectInfo waited, ObjectInfo stored) {}

  /** By key, what ends when the other store has answered. */
  private final Map<String, Future<Void>> sending = new ConcurrentHashMap<>();

  private SpooledObjectStore(
      Vertx vertx,
      ObjectStore disk,
      ObjectStore remote,
      S3Config.Spool config,
      PrometheusRegistry registry,
      LongSupplier nanos) {
    this.own = ((VertxInternal) vertx).createEventLoopContext();
    this.disk = disk;
    this.remote = remote;
    this.nanos = nanos;
    queue = new SpoolQueue(config.maxBytes());
    metrics = new SpoolMetrics(registry, () -> queue.state(nanos.getAsLong()), config.maxBytes());
    uploads = new SpoolUploads(vertx, queue, this::upload, config, metrics, nanos);
  }

  /**
   * Opens the spool's directory, and begins with what a run before has left in there.
   *
   * @param remote where objects go; closed by {@link #close}
   * @param nanos as {@link System#nanoTime}
   */
  static Future<SpooledObjectStore> open(
      Vertx vertx,
      ObjectStore remote,
      S3Config.Spool config,
      PrometheusRegistry registry,
      LongSupplier nanos) {
    ObjectStore disk =
        new DirectoryObjectStore(
            vertx, config.directory(), new StorageMetrics(new PrometheusRegistry()));
    SpooledObjectStore store = new SpooledObjectStore(vertx, disk, remote, config, registry, nanos);
    return store
        .leftOver("", new ArrayList<>())
        .map(
            left -> {
              left.sort(Comparator.comparing(ObjectInfo::storedAt));
              left.forEach(info -> store.queue.found(info, nanos.getAsLong()));
              store.own.runOnContext(v -> store.uploads.start());
              return store;
            });
  }

  private Future<List<ObjectInfo>> leftOver(String after, List<ObjectInfo> found) {
    return disk.list("", after, PAGE)
        .compose(
            page -> {
              found.addAll(page);
              return page.size() < PAGE
                  ? Future.succeededFuture(found)
                  : leftOver(page.getLast().key(), found);
            });
  }

  @Override
  public Future<ObjectInfo> put(String key, Buffer content) {
    return here("put", key, () -> putHere(key, content));
  }

  private Future<ObjectInfo> putHere(String key, Buffer content) {
    long size = content.length();
    if (!queue.reserve(size)) {
      metrics.refused();
      return Future.failedFuture(
          new StorageException(
              StorageException.Reason.FULL, "put " + key + ": " + uploads.fullWords(), null));
    }
    return order.run(
        key,
        () ->
            disk.put(key, content)
                .onFailure(failure -> queue.giveBack(size))
                .onSuccess(
                    info -> {
                      queue.add(info, nanos.getAsLong());
                      uploads.look();
                    }));
  }

  /** One upload; what waits under the key afterwards has come since. */
  private Future<Void> upload(String key) {
    Promise<Void> sent = Promise.promise();
    sending.put(key, sent.future());
    return disk.get(key)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(Optional.<Sent>empty())
                    : send(found.get()))
        .onComplete(
            done -> {
              sending.remove(key, sent.future());
              sent.complete();
            })
        .compose(
            done ->
                done.isEmpty()
                    ? Future.<Void>succeededFuture()
                    : order.run(key, () -> settle(done.get())));
  }

  private Future<Optional<Sent>> send(StoredObject waiting) {
    return remote
        .put(waiting.info().key(), waiting.content())
        .map(stored -> Optional.of(new Sent(waiting.info(), stored)));
  }

  private Future<Void> settle(Sent sent) {
    String key = sent.stored().key();
    String told = sent.waited().tag();
    if (!queue.holds(key, told)) {
      return Future.succeededFuture();
    }
    synchronized (aliases) {
      aliases.put(key, new Alias(told, sent.stored().tag()));
    }
    return disk.delete(key).onSuccess(v -> queue.remove(key));
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    String directory = key.substring(0, key.lastIndexOf('/') + 1);
    return here(
        "putIf",
        key,
        () ->
            uploads
                .within(queue.drained(directory.isEmpty() ? key : directory), "putIf " + key)
                .compose(
                    v -> remote.putIf(key, expectedTag.map(tag -> current(key, tag)), content)));
  }

  private String current(String key, String tag) {
    synchronized (aliases) {
      Alias alias = aliases.get(key);
      return alias != null && alias.told().equals(tag) ? alias.tag() : tag;
    }
  }

  private ObjectInfo asTold(ObjectInfo info) {
    synchronized (aliases) {
      Alias alias = aliases.get(info.key());
      return alias != null && alias.tag().equals(info.tag())
          ? new ObjectInfo(info.key(), info.size(), alias.told(), info.storedAt())
          : info;
    }
  }

  @Override
  public Future<Optional<StoredObject>> get(String key) {
    return diskFirst("get", key, disk::get, remote::get)
        .map(
            found ->
                found.map(object -> new StoredObject(asTold(object.info()), object.content())));
  }

  @Override
  public Future<Optional<Buffer>> getRange(String key, long offset, int length) {
    return diskFirst(
        "getRange",
        key,
        its -> disk.getRange(its, offset, length),
        its -> remote.getRange(its, offset, length));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return diskFirst("head", key, disk::head, remote::head).map(found -> found.map(this::asTold));
  }

  /** Between looking and reading the bucket may have got it. */
  private <T> Future<Optional<T>> diskFirst(
      String operation, String key, Read<T> first, Read<T> second) {
    return here(
        operation,
        key,
        () ->
            queue.info(key).isEmpty()
                ? second.of(key)
                : first
                    .of(key)
                    .compose(
                        found ->
                            found.isPresent() ? Future.succeededFuture(found) : second.of(key)));
  }

  @Override
  public Future<List<ObjectInfo>> list(String prefix, String after, int limit) {
    return here(
        "list",
        prefix,
        () -> {
          List<ObjectInfo> waiting = queue.list(prefix, after, Math.max(0, limit));
          return remote
              .list(prefix, after, limit)
              .map(stored -> merged(stored, waiting).limit(limit).toList());
        });
  }

  private Stream<ObjectInfo> merged(List<ObjectInfo> stored, List<ObjectInfo> waiting) {
    TreeMap<String, ObjectInfo> all = new TreeMap<>();
    stored.forEach(info -> all.put(info.key(), asTold(info)));
    waiting.forEach(info -> all.put(info.key(), info));
    return all.values().stream();
  }

  @Override
  public Future<Void> delete(String key) {
    return here("delete", key, () -> deleteHere(key));
  }

  private Future<Void> deleteHere(String key) {
    return order.run(
        key,
        () -> {
          Future<Void> gone =
              queue.info(key).isEmpty() ? Future.succeededFuture() : disk.delete(key);
          return gone.compose(
                  v -> {
                    queue.remove(key);
                    return sending.getOrDefault(key, Future.succeededFuture());
                  })
              .compose(v -> remote.delete(key));
        });
  }

  @Override
  public Future<Void> settleRemoval(String prefix) {
    return here(
        "settleRemoval",
        prefix,
        () -> disk.settleRemoval(prefix).compose(v -> remote.settleRemoval(prefix)));
  }

  @Override
  public Optional<String> trouble() {
    return uploads.trouble().or(remote::trouble);
  }

  /**
   * Calls that are under way end, and so do uploads, which are not tried again: what still waits
   * stays on the disk for the next start.
   */
  @Override
  public Future<Void> close() {
    return underWay
        .close()
        .compose(v -> Future.join(uploads.close(), remote.close()))
        .eventually(disk::close)
        .mapEmpty();
  }

  /** On our own context: what goes on after an answer must not need the caller's Vert.x. */
  private <T> Future<T> here(String operation, String key, Supplier<Future<T>> work) {
    if (!underWay.enter()) {
      return UnderWay.refused(operation, key);
    }
    Context caller = Vertx.currentContext();
    Promise<T> promise = Promise.promise();
    own.runOnContext(
        v ->
            Future.<Void>succeededFuture()
                .compose(begun -> work.get())
                .onComplete(done -> underWay.answer(caller, promise, done)));
    return promise.future();
  }

  /** Reads what one of the two stores has. */
  private interface Read<T> {
    Future<Optional<T>> of(String key);
  }
}
