package io.millrace.broker.hub;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How far one event loop has come in the live messages of one partition. Its loop walks the ring
 * and gives each message to those whom it concerns; a turn is bounded, however many they are:
 *
 * <pre>
 *   append (any thread) ──wakes──> turn: next message ──> who? ──> offer … ──flush──> (again)
 * </pre>
 */
final class LoopPartition {
  private final LoopNamespace namespace;
  private final int partition;
  private final HotRing ring;
  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final List<Subscription> concerned = new ArrayList<>();

  private Chunk chunk;
  private int index;
  private long next;
  private int offered;
  private @Nullable Delivery delivery;

  /** For the thread that appends: how much this loop has had. */
  private volatile long weightHad;

  LoopPartition(LoopNamespace namespace, int partition, HotRing ring) {
    this.namespace = namespace;
    this.partition = partition;
    this.ring = ring;
    this.chunk = ring.newest();
    this.index = chunk.messages.size();
    this.next = chunk.next;
    this.weightHad = chunk.weightUpTo;
  }

  HotRing ring() {
    return ring;
  }

  /**
   * Where a replay meets the loop: behind the message in hand, or behind the last one where there
   * is none.
   */
  long next() {
    return next;
  }

  /** Up to where all live subscriptions have had everything: before the message in hand. */
  long given() {
    return delivery == null ? next : delivery.message().offset();
  }

  /** Bytes that were appended and not yet given to this loop's subscribers; any thread. */
  long lag() {
    return ring.newest().weightUpTo - weightHad;
  }

  /** There is something new in the ring; any thread. */
  void wake() {
    if (isAwake.compareAndSet(false, true)) {
      namespace.loop().later(this::turn);
    }
  }

  private void turn() {
    isAwake.set(false);
    int budget = namespace.loop().turn();
    while (budget > 0) {
      if (delivery != null) {
        budget -= offer(delivery, budget);
      } else if (take()) {
        budget--;
      } else {
        namespace.loop().flush();
        return;
      }
    }
    if (delivery != null) {
      // Some have had the message in hand and others have not, until the next turn.
      concerned.subList(0, offered).forEach(Subscription::aheadOfTheLoop);
      namespace.leftInHand();
    }
    wake();
    namespace.loop().flush();
  }

  /** Takes the next message in hand; false when there is none. */
  private boolean take() {
    Message message = nextMessage();
    if (message == null) {
      return false;
    }
    next = message.offset() + 1;
    if (!message.isExpired(namespace.loop().now())) {
      namespace.tree().match(message.path(), concerned::add);
      delivery = new Delivery(message);
      offered = 0;
    }
    return true;
  }

  /** Returns how many were offered it. */
  private int offer(Delivery inHand, int most) {
    int from = offered;
    int end = Math.min(concerned.size(), from + most);
    while (offered < end) {
      concerned.get(offered++).offerLive(inHand);
    }
    if (offered == concerned.size()) {
      inHand.finish();
      delivery = null;
      concerned.clear();
    }
    return end - from;
  }

  private @Nullable Message nextMessage() {
    while (index == chunk.messages.size()) {
      Chunk after = chunk.after();
      next = chunk.next;
      weightHad = chunk.weightUpTo;
      if (after == null) {
        return null;
      }
      chunk = after;
      index = 0;
      if (chunk.isLost) {
        namespace.lost(new Gap(partition, chunk.from, chunk.next, Gap.Reason.RETENTION));
      }
    }
    return chunk.messages.get(index++);
  }
}
