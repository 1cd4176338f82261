package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Copies objects of a spooled store: the bucket does it, and nothing of that waits here; what the
 * bucket does not have yet is copied on the disk, and is sent like everything else that waits
 * there. Confined to the spool's context.
 */
final class SpoolCopies {
  private final DirectoryObjectStore disk;
  private final ObjectStore remote;
  private final SpoolQueue queue;
  private final InOrder order;
  private final SpooledStates states;
  private final Put put;
  private final Function<String, Future<Void>> forget;

  /** Takes what is written to the disk into the queue, in the key's turn. */
  interface Put {
    Future<ObjectInfo> here(String key, long size, Supplier<Future<ObjectInfo>> write);
  }

  /**
   * @param forget lets nothing of a key wait any more, in the key's turn
   */
  SpoolCopies(
      DirectoryObjectStore disk,
      ObjectStore remote,
      SpoolQueue queue,
      InOrder order,
      SpooledStates states,
      Put put,
      Function<String, Future<Void>> forget) {
    this.disk = disk;
    this.remote = remote;
    this.queue = queue;
    this.order = order;
    this.states = states;
    this.put = put;
    this.forget = forget;
  }

  Future<Boolean> copy(String from, String to) {
    if (from.equals(to)) {
      return queue.info(from).isPresent()
          ? Future.succeededFuture(true)
          : remote.head(from).map(Optional::isPresent);
    }
    return inTurnOf(from, to, () -> copyHere(from, to))
        .compose(
            isHere ->
                isHere
                    ? Future.succeededFuture(true)
                    : order.run(to, () -> forget.apply(to).compose(v -> remote.copy(from, to))));
  }

  /** In the turns of both; always taken in one order, so that two copies never wait for another. */
  private <T> Future<T> inTurnOf(String one, String other, Supplier<Future<T>> step) {
    boolean isSorted = one.compareTo(other) < 0;
    String first = isSorted ? one : other;
    String second = isSorted ? other : one;
    return order.run(first, () -> order.run(second, step));
  }

  /** False when the bucket has it. */
  private Future<Boolean> copyHere(String from, String to) {
    Optional<StoredObject> state = states.waiting(from);
    if (state.isPresent()) {
      Buffer content = state.get().content();
      return put.here(to, content.length(), () -> disk.put(to, content)).map(true);
    }
    Optional<ObjectInfo> waiting = queue.info(from);
    return waiting.isEmpty()
        ? Future.succeededFuture(false)
        : put.here(to, waiting.get().size(), () -> copyOnDisk(from, to)).map(true);
  }

  private Future<ObjectInfo> copyOnDisk(String from, String to) {
    return disk.copied(from, to)
        .map(
            copied ->
                copied.orElseThrow(
                    () ->
                        new StorageException(
                            StorageException.Reason.UNAVAILABLE,
                            "copy " + from + ": it is not on the disk any more",
                            null)));
  }
}
