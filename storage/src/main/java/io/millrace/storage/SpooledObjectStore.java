package io.millrace.storage;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A store whose puts are acknowledged when they are on this machine's disk, and go on to another
 * store from there, again and again until that has them: over its outages and our restarts. Above
 * {@link S3Config.Spool#maxBytes} a put is refused as {@link StorageException.Reason#FULL}.
 *
 * <p>What is read is looked for on the disk first. A conditional put is decided by the other store
 * alone and so needs it, unless it is an {@link #advance}. Either goes there when everything has
 * that was put below the same directory before, so that nobody finds a state there that names
 * objects which are not there. The steps of one key on the disk follow each other, and a delete
 * waits for an upload that is under way. All is confined to a context of its own.
 */
public final class SpooledObjectStore implements ObjectStore {
  /** Longer ones are sent from their file. */
  private static final long MOST_IN_MEMORY = 8 << 20;

  private final Context own;
  private final DirectoryObjectStore disk;
  private final DirectoryObjectStore stateDisk;
  private final ObjectStore remote;
  private final SpoolQueue queue;
  private final SpoolUploads uploads;
  private final SpoolMetrics metrics;
  private final LongSupplier nanos;
  private final InOrder order = new InOrder();
  private final UnderWay underWay = new UnderWay();
  private final ToldTags tags = new ToldTags();
  private final SpooledStates states;
  private final SpoolCopies copies;

  /** By key, what ends when the other store has answered. */
  private final Map<String, Future<Void>> sending = new HashMap<>();

  /** What is being written to the disk. */
  private final Set<Future<ObjectInfo>> writing = new LinkedHashSet<>();

  private SpooledObjectStore(
      Vertx vertx,
      ObjectStore remote,
      S3Config.Spool config,
      PrometheusRegistry registry,
      LongSupplier nanos) {
    this.own = ((VertxInternal) vertx).createEventLoopContext();
    this.remote = remote;
    this.nanos = nanos;
    disk = disk(vertx, config.directory());
    stateDisk = disk(vertx, config.states());
    queue = new SpoolQueue(config.maxBytes());
    metrics = new SpoolMetrics(registry, () -> queue.state(nanos.getAsLong()), config.maxBytes());
    uploads = new SpoolUploads(vertx, queue, this::upload, config, metrics, nanos, remote::trouble);
    states =
        new SpooledStates(
            stateDisk, remote, queue, order, this::sentBelow, uploads::look, this::full, nanos);
    copies = new SpoolCopies(disk, remote, queue, order, states, this::putInTurn, this::forget);
  }

  private static DirectoryObjectStore disk(Vertx vertx, Path directory) {
    return new DirectoryObjectStore(vertx, directory, new StorageMetrics(new PrometheusRegistry()));
  }

  /**
   * Opens the spool's directories, and begins with what a run before has left in there.
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
    SpooledObjectStore store = new SpooledObjectStore(vertx, remote, config, registry, nanos);
    Promise<SpooledObjectStore> opened = Promise.promise();
    store.own.runOnContext(v -> store.takeUp().<SpooledObjectStore>map(store).onComplete(opened));
    return opened.future();
  }

  private Future<Void> takeUp() {
    return disk.all()
        .map(
            left -> {
              left.sort(Comparator.comparing(ObjectInfo::storedAt));
              left.forEach(info -> queue.found(info, nanos.getAsLong()));
              return null;
            })
        .compose(v -> stateDisk.all())
        .compose(states::takeUp)
        .onSuccess(v -> uploads.start());
  }

  @Override
  public Future<ObjectInfo> put(String key, Buffer content) {
    return here("put", key, () -> putHere(key, content.length(), () -> disk.put(key, content)));
  }

  @Override
  public Future<ObjectInfo> putFile(String key, Path file) {
    return here(
        "put",
        key,
        () ->
            own.owner()
                .fileSystem()
                .props(file.toString())
                .recover(
                    failure ->
                        Future.failedFuture(
                            new StorageException(
                                StorageException.Reason.UNAVAILABLE,
                                "put " + key + ": " + failure.getMessage(),
                                failure)))
                .compose(props -> putHere(key, props.size(), () -> disk.putFile(key, file))));
  }

  private Future<ObjectInfo> putHere(String key, long size, Supplier<Future<ObjectInfo>> write) {
    return queue.reserve(size)
        ? known(order.run(key, () -> write(size, write)))
        : Future.failedFuture(full("put " + key));
  }

  /** The same, when it is the key's turn. */
  private Future<ObjectInfo> putInTurn(String key, long size, Supplier<Future<ObjectInfo>> write) {
    return queue.reserve(size)
        ? known(write(size, write))
        : Future.failedFuture(full("put " + key));
  }

  private Future<ObjectInfo> write(long size, Supplier<Future<ObjectInfo>> write) {
    return write
        .get()
        .onFailure(failure -> queue.giveBack(size))
        .onSuccess(
            info -> {
              queue.add(info, nanos.getAsLong());
              uploads.look();
            });
  }

  private Future<ObjectInfo> known(Future<ObjectInfo> written) {
    writing.add(written);
    return written.onComplete(done -> writing.remove(written));
  }

  @Override
  public Future<Boolean> copy(String from, String to) {
    return here("copy", to, () -> copies.copy(ObjectKey.checked(from), ObjectKey.checked(to)));
  }

  private StorageException full(String operation) {
    metrics.refused();
    return new StorageException(
        StorageException.Reason.FULL, operation + ": " + uploads.fullWords(), null);
  }

  /** One upload; what waits under the key afterwards has come since. */
  private Future<Void> upload(String key) {
    Promise<Void> sent = Promise.promise();
    sending.put(key, sent.future());
    return (states.isWaiting(key) ? states.send(key) : send(key))
        .onComplete(
            done -> {
              sending.remove(key, sent.future());
              sent.complete();
            })
        .compose(settle -> order.run(key, settle));
  }

  /** The result is what is left to do here, in the key's turn. */
  private Future<Supplier<Future<Void>>> send(String key) {
    Optional<ObjectInfo> waiting = queue.info(key);
    if (waiting.isPresent() && waiting.get().size() > MOST_IN_MEMORY) {
      return remote
          .putFile(key, disk.fileOf(key))
          .map(stored -> () -> settle(waiting.get(), stored));
    }
    return disk.get(key)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(() -> Future.succeededFuture())
                    : remote
                        .put(key, found.get().content())
                        .map(stored -> () -> settle(found.get().info(), stored)));
  }

  private Future<Void> settle(ObjectInfo waited, ObjectInfo stored) {
    String key = stored.key();
    if (!queue.holds(key, waited.tag())) {
      return Future.succeededFuture();
    }
    tags.became(key, waited.tag(), stored.tag());
    return disk.delete(key).onSuccess(v -> queue.remove(key));
  }

  /** Completes when the bucket has what has been put below a directory so far. */
  private Future<Void> sentBelow(String directory) {
    return Future.join(List.copyOf(writing))
        .otherwiseEmpty()
        .compose(v -> queue.drainedOfFree(directory));
  }

  @Override
  public Future<Void> delivered(String prefix) {
    return here(
        "delivered",
        prefix,
        () ->
            Future.join(List.copyOf(writing))
                .otherwiseEmpty()
                .compose(v -> uploads.within(queue.drained(prefix), "what is below " + prefix)));
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    return here("putIf", key, () -> putIfThere(key, expectedTag, content));
  }

  /** Decided by the bucket, when it has what was put before below the same directory. */
  private Future<Optional<ObjectInfo>> putIfThere(
      String key, Optional<String> expectedTag, Buffer content) {
    String directory = key.substring(0, key.lastIndexOf('/') + 1);
    return uploads
        .within(queue.drained(directory.isEmpty() ? key : directory), "putIf " + key)
        .compose(
            v ->
                remote.putIf(
                    key,
                    states.current(key, expectedTag).map(tag -> tags.current(key, tag)),
                    content))
        .onSuccess(stored -> stored.ifPresent(info -> states.forget(key)));
  }

  @Override
  public Future<Optional<ObjectInfo>> advance(
      String key, Optional<String> expectedTag, Buffer content) {
    return here(
        "putIf",
        key,
        () ->
            states
                .advance(key, expectedTag.map(tag -> tags.current(key, tag)), content)
                .compose(
                    answer ->
                        answer.isPresent() && answer.get().isEmpty()
                            ? putIfThere(key, expectedTag, content)
                            : Future.succeededFuture(answer.flatMap(info -> info))));
  }

  @Override
  public Future<Optional<StoredObject>> get(String key) {
    return diskFirst("get", key, its -> its, disk::get, remote::get)
        .map(
            found ->
                found.map(object -> new StoredObject(asTold(object.info()), object.content())));
  }

  @Override
  public Future<Optional<Buffer>> getRange(String key, long offset, int length) {
    return diskFirst(
        "getRange",
        key,
        state -> state.range(offset, length),
        its -> disk.getRange(its, offset, length),
        its -> remote.getRange(its, offset, length));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return diskFirst("head", key, StoredObject::info, disk::head, remote::head)
        .map(found -> found.map(this::asTold));
  }

  private ObjectInfo asTold(ObjectInfo info) {
    return tags.asTold(states.asTold(info));
  }

  /** Between looking and reading the bucket may have got it. */
  private <T> Future<Optional<T>> diskFirst(
      String operation,
      String key,
      Function<StoredObject, T> ofState,
      Read<T> first,
      Read<T> second) {
    return here(
        operation,
        key,
        () -> {
          Optional<StoredObject> state = states.waiting(key);
          if (state.isPresent()) {
            return Future.succeededFuture(state.map(ofState));
          }
          return queue.info(key).isEmpty()
              ? second.of(key)
              : first
                  .of(key)
                  .compose(
                      found -> found.isPresent() ? Future.succeededFuture(found) : second.of(key));
        });
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
    return order.run(key, () -> forget(key).compose(v -> remote.delete(key)));
  }

  /** Nothing of a key waits any more, and none of it is on its way; when it is the key's turn. */
  private Future<Void> forget(String key) {
    Future<Void> gone =
        queue.info(key).isEmpty()
            ? Future.succeededFuture()
            : Future.join(disk.delete(key), stateDisk.delete(key)).mapEmpty();
    states.forget(key);
    return gone.compose(
        v -> {
          queue.remove(key);
          return sending.getOrDefault(key, Future.succeededFuture());
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
   * Calls that are under way end, and what waits is sent for some seconds, or until an upload
   * fails: what still waits then stays on the disk for the next start.
   */
  @Override
  public Future<Void> close() {
    return underWay
        .close()
        .compose(v -> uploads.close())
        .compose(v -> remote.close())
        .eventually(() -> Future.join(disk.close(), stateDisk.close()))
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
