package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Immutable bytes by key. A key is one or more parts joined by {@code /}, each 1 to 255 of {@code
 * A-Z a-z 0-9 . _ ~ -} and neither {@code .} nor {@code ..}; 1024 characters at most.
 *
 * <p>Thread-safe. Called from a Vert.x context, a future completes on that context. A call whose
 * key is not allowed fails with {@link IllegalArgumentException}, everything else that goes wrong
 * with {@link StorageException}.
 */
public interface ObjectStore {
  /** So many are listed at once by {@link #each}: as many as a store lists. */
  int EACH_PAGE = 1000;

  /** So many of them are worked on at once. */
  int EACH_AT_ONCE = 200;

  /**
   * Stores an object, replacing one of the same key. Success means stored: the object survives the
   * loss of power. A failed put leaves the old object or none, never a part of the new one.
   */
  Future<ObjectInfo> put(String key, Buffer content);

  /**
   * Stores the bytes of a file, of whatever size, with the same promise. The file must not change
   * until the future completes; it is left where it is.
   */
  Future<ObjectInfo> putFile(String key, Path file);

  /**
   * Stores under one key what is stored under another, with the promise of {@link #put}; what
   * becomes of one of them later does not touch the other. Where the store can do it, the bytes do
   * not come by here. Both may have the same tag and the same time.
   *
   * @return false when there is nothing to copy; nothing is changed then
   */
  default Future<Boolean> copy(String from, String to) {
    return get(from)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(false)
                    : put(to, found.get().content()).map(true));
  }

  /**
   * Completes when everybody who reads the same store finds what has been put below a prefix so
   * far: a store that stands in front of another may have it alone until then. So whoever puts an
   * object that names others elsewhere waits for this first. Fails when that takes too long;
   * nothing is lost then, and it can be waited for again.
   *
   * @param prefix ends in {@code /}
   */
  default Future<Void> delivered(String prefix) {
    return Future.succeededFuture();
  }

  /**
   * Stores an object if the key's present state is as expected.
   *
   * @param expectedTag the {@link ObjectInfo#tag()} of the object to replace, or empty when there
   *     must be none
   * @return the stored object, or empty when the state was another: nothing was changed then
   */
  Future<Optional<ObjectInfo>> putIf(String key, Optional<String> expectedTag, Buffer content);

  /**
   * Replaces an object that has one writer at a time, as {@link #putIf} does. But a store that
   * stands in front of another may answer as soon as it has the object for good, and settle the
   * condition later: a writer that another has replaced is then told by one of its next calls,
   * which answers empty. Such an object is written in no other way.
   *
   * @param expectedTag what the call before was told, or a reading; empty for a new object
   */
  default Future<Optional<ObjectInfo>> advance(
      String key, Optional<String> expectedTag, Buffer content) {
    return putIf(key, expectedTag, content);
  }

  /** The whole object, which has to fit into memory; empty when there is none. */
  Future<Optional<StoredObject>> get(String key);

  /**
   * {@code length} bytes from {@code offset}, fewer where the object ends earlier; empty when there
   * is no such object.
   */
  Future<Optional<Buffer>> getRange(String key, long offset, int length);

  /** What is known of an object without reading it; empty when there is none. */
  Future<Optional<ObjectInfo>> head(String key);

  /**
   * The objects whose key starts with {@code prefix} (empty, or ending in {@code /}), in order of
   * key.
   *
   * @param after only keys behind this one; empty for the first page
   * @param limit 1 to 1000 objects at most; fewer mean that this was the last page
   */
  Future<List<ObjectInfo>> list(String prefix, String after, int limit);

  /**
   * Does something with each object whose key starts with {@code prefix}, some at a time in order
   * of key: the next are taken when all of those are done.
   *
   * @return fails with the first failure of the work or of the store, when those that were taken
   *     with it are done
   */
  default Future<Void> each(String prefix, Function<ObjectInfo, Future<Void>> work) {
    return eachAfter(prefix, "", work);
  }

  private Future<Void> eachAfter(
      String prefix, String after, Function<ObjectInfo, Future<Void>> work) {
    return list(prefix, after, EACH_PAGE)
        .compose(
            found ->
                eachOf(found, work)
                    .compose(
                        v ->
                            found.size() < EACH_PAGE
                                ? Future.succeededFuture()
                                : eachAfter(prefix, found.getLast().key(), work)));
  }

  private static Future<Void> eachOf(
      List<ObjectInfo> found, Function<ObjectInfo, Future<Void>> work) {
    if (found.isEmpty()) {
      return Future.succeededFuture();
    }
    int some = Math.min(EACH_AT_ONCE, found.size());
    return Future.join(found.subList(0, some).stream().map(work).toList())
        .compose(v -> eachOf(found.subList(some, found.size()), work));
  }

  /**
   * Removes an object; succeeds when there is none. One that has been removed may be there again
   * after a loss of power, so whoever must not see it again keeps a record of what there is.
   */
  Future<Void> delete(String key);

  /**
   * Makes sure that nothing comes back below a prefix, where everything has been removed: success
   * means that a loss of power changes nothing of that.
   */
  Future<Void> settleRemoval(String prefix);

  /**
   * What an operator has to know: why the store is behind or does not answer, with what to do about
   * it; empty when all is well. Any thread; does not block.
   */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  /**
   * The share of the room below the objects that is free, 0 to 1; empty where nobody can tell, as
   * of a bucket. Its own objects and those of others take from it.
   */
  default Future<Optional<Double>> freeShare() {
    return Future.succeededFuture(Optional.empty());
  }

  /** Waits for what is under way, then refuses further calls. */
  Future<Void> close();
}
