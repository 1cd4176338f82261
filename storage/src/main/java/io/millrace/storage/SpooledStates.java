package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects that {@link ObjectStore#advance} writes: their newest content is on this machine's
 * disk until the bucket has it.
 *
 * <pre>
 *   advance ──► on the disk: told ──► next ──what was put before is in the bucket──► sent under its
 *                  ▲                    │                                            condition
 *                  └── newer waits ◄────┴──── stored ◄───────────────────────────────────┤
 *                                             replaced: the next advance answers empty ◄──┘
 * </pre>
 *
 * <p>What is sent stays the same until the bucket has answered; then the newest follows. So there
 * is never more than one content of which nobody knows whether the bucket has it, and its hash is
 * on the disk beside the newest: a refusal that finds it there, after a lost answer or a kill, is
 * none. Confined to the store's own context.
 */
final class SpooledStates {
  private final DirectoryObjectStore disk;
  private final ObjectStore remote;
  private final SpoolQueue queue;
  private final InOrder order;
  private final Function<String, Future<Void>> before;
  private final Runnable look;
  private final Function<String, StorageException> full;
  private final LongSupplier nanos;
  private final Map<String, Known> known = new HashMap<>();

  /** A content with the tag that was told for it. */
  private record Version(ObjectInfo info, Buffer content) {
    boolean isSame(@Nullable Version other) {
      return other != null && other.info().tag().equals(info.tag());
    }
  }

  /** What is known of one object. */
  private static final class Known {
    /** Of the newest content: what the writer has to expect. */
    private String told;

    /** What the bucket has to have before it gets the next one. */
    private Optional<String> inBucket;

    /** What waits; null when the bucket has all. */
    private @Nullable Version newest;

    /** What is sent next, or again; null when the bucket has all. */
    private @Nullable Version next;

    /** Of contents that a run before may have sent. */
    private Set<String> maybeSent = Set.of();

    private boolean replaced;

    Known(String told, Optional<String> inBucket) {
      this.told = told;
      this.inBucket = inBucket;
    }
  }

  /**
   * @param before completes when the bucket has what was put before below a directory
   * @param look something may be sent now
   * @param full what an operation fails with that finds no room
   */
  SpooledStates(
      DirectoryObjectStore disk,
      ObjectStore remote,
      SpoolQueue queue,
      InOrder order,
      Function<String, Future<Void>> before,
      Runnable look,
      Function<String, StorageException> full,
      LongSupplier nanos) {
    this.disk = disk;
    this.remote = remote;
    this.queue = queue;
    this.order = order;
    this.before = before;
    this.look = look;
    this.full = full;
    this.nanos = nanos;
  }

  /** Begins with what a run before has left; all that was put before them is in the queue. */
  Future<Void> takeUp(List<ObjectInfo> left) {
    Future<Void> done = Future.succeededFuture();
    for (ObjectInfo file : left) {
      done =
          done.compose(v -> disk.get(file.key()))
              .map(
                  found -> {
                    found.ifPresent(this::takeUp);
                    return null;
                  });
    }
    return done;
  }

  private void takeUp(StoredObject file) {
    StateFile state = StateFile.read(disk.fileOf(file.info().key()), file.content());
    ObjectInfo info = told(file.info(), state.content());
    Known its = new Known(info.tag(), state.expected());
    its.maybeSent = state.maybeSent();
    its.newest = new Version(info, state.content());
    known.put(info.key(), its);
    queue.found(info, nanos.getAsLong());
    prepare(its, its.newest);
  }

  /**
   * Takes the next content if it follows what is known here, or if nothing is.
   *
   * @return empty when the writer has been replaced; else nothing in it, where only the bucket can
   *     say
   */
  Future<Optional<Optional<ObjectInfo>>> advance(
      String key, Optional<String> expectedTag, Buffer content) {
    return order.run(
        key,
        () -> {
          Known its = known.get(key);
          boolean isExpected = its != null && Optional.of(its.told).equals(expectedTag);
          if (its != null && its.replaced && (isExpected || expectedTag.isEmpty())) {
            return Future.succeededFuture(Optional.empty());
          }
          if (its == null || its.replaced) {
            return write(key, new Known("", expectedTag), content);
          }
          return isExpected
              ? write(key, its, content)
              : Future.succeededFuture(Optional.of(Optional.empty()));
        });
  }

  private Future<Optional<Optional<ObjectInfo>>> write(String key, Known its, Buffer content) {
    if (!queue.reserve(content.length())) {
      return Future.failedFuture(full.apply("putIf " + key));
    }
    return disk.put(key, new StateFile(its.inBucket, maybeSent(its), content).toBuffer())
        .onFailure(failure -> queue.giveBack(content.length()))
        .map(
            file -> {
              Version newest = new Version(told(file, content), content);
              its.told = file.tag();
              its.newest = newest;
              known.put(key, its);
              queue.add(newest.info(), nanos.getAsLong());
              if (its.next == null) {
                prepare(its, newest);
              }
              return Optional.of(Optional.of(newest.info()));
            });
  }

  private static Set<String> maybeSent(Known its) {
    Set<String> all = new HashSet<>(its.maybeSent);
    if (its.next != null) {
      all.add(StateFile.hash(its.next.content()));
    }
    return all;
  }

  private static ObjectInfo told(ObjectInfo file, Buffer content) {
    return new ObjectInfo(file.key(), content.length(), file.tag(), file.storedAt());
  }

  /** It has its turn when the bucket has what it may name. */
  private void prepare(Known its, Version next) {
    String key = next.info().key();
    its.next = next;
    queue.hold(key, nanos.getAsLong());
    before
        .apply(key.substring(0, key.lastIndexOf('/') + 1))
        .onComplete(
            done -> {
              queue.ready(key);
              look.run();
            });
  }

  /** Whether the object is one of these, and the bucket does not have its newest content. */
  boolean isWaiting(String key) {
    return waiting(key).isPresent();
  }

  /** The newest content, where the bucket does not have it. */
  Optional<StoredObject> waiting(String key) {
    Known its = known.get(key);
    Version newest = its == null ? null : its.newest;
    return newest == null
        ? Optional.empty()
        : Optional.of(new StoredObject(newest.info(), newest.content()));
  }

  /** What the bucket says of an object, with the tag that its writer was told. */
  ObjectInfo asTold(ObjectInfo info) {
    Known its = known.get(info.key());
    return its != null && !its.replaced && its.inBucket.equals(Optional.of(info.tag()))
        ? new ObjectInfo(info.key(), info.size(), its.told, info.storedAt())
        : info;
  }

  /** What the bucket has to have for what was told. */
  Optional<String> current(String key, Optional<String> told) {
    Known its = known.get(key);
    return its != null && told.equals(Optional.of(its.told)) ? its.inBucket : told;
  }

  /** Somebody writes the object in another way, or removes it. */
  void forget(String key) {
    known.remove(key);
  }

  /** One try to bring the bucket what is next; the result is what is left to do here, in turn. */
  Future<Supplier<Future<Void>>> send(String key) {
    Known its = known.get(key);
    Version next = its == null ? null : its.next;
    if (its == null || next == null) {
      return Future.succeededFuture(() -> Future.succeededFuture());
    }
    return remote
        .putIf(key, its.inBucket, next.content())
        .compose(
            stored ->
                stored.isPresent()
                    ? Future.succeededFuture(() -> settle(its, next, stored.get().tag()))
                    : refused(key, its, next));
  }

  /** Another has written it, unless what is there is what we have sent. */
  private Future<Supplier<Future<Void>>> refused(String key, Known its, Version next) {
    return remote
        .get(key)
        .compose(
            found -> {
              String hash = found.map(there -> StateFile.hash(there.content())).orElse("");
              if (hash.equals(StateFile.hash(next.content()))) {
                return Future.succeededFuture(() -> settle(its, next, found.get().info().tag()));
              }
              return its.maybeSent.contains(hash)
                  ? sendAfter(key, its, next, found.get().info().tag())
                  : Future.succeededFuture(() -> replaced(key, its));
            });
  }

  private Future<Supplier<Future<Void>>> sendAfter(
      String key, Known its, Version next, String tag) {
    return remote
        .putIf(key, Optional.of(tag), next.content())
        .map(
            stored ->
                stored.isPresent()
                    ? () -> settle(its, next, stored.get().tag())
                    : () -> replaced(key, its));
  }

  private Future<Void> settle(Known its, Version sent, String tag) {
    String key = sent.info().key();
    its.inBucket = Optional.of(tag);
    its.maybeSent = Set.of();
    its.next = null;
    Version newest = its.newest;
    if (known.get(key) != its || newest == null) {
      return Future.succeededFuture();
    }
    if (!sent.isSame(newest)) {
      prepare(its, newest);
      return Future.succeededFuture();
    }
    its.newest = null;
    return disk.delete(key).onComplete(done -> queue.remove(key));
  }

  private Future<Void> replaced(String key, Known its) {
    its.next = null;
    its.newest = null;
    its.replaced = true;
    return known.get(key) == its
        ? disk.delete(key).onComplete(done -> queue.remove(key))
        : Future.succeededFuture();
  }
}
