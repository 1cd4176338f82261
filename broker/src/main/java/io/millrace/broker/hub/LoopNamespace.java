package io.millrace.broker.hub;

import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.topic.TopicFilter;
import io.millrace.broker.topic.TopicTree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Those of one event loop who have subscribed in one namespace. Belongs to the event loop. */
final class LoopNamespace {
  private final HubLoop loop;
  private final OpenNamespace namespace;
  private final LoopPartition[] partitions;
  private final TopicTree<Subscription> tree = new TopicTree<>();
  private final Set<Subscription> subscriptions = new HashSet<>();

  /** How many subscriptions have each filter with wildcards. */
  private final Map<TopicFilter, Integer> wildcards = new HashMap<>();

  private Object tokenKey = new Object();

  LoopNamespace(HubLoop loop, OpenNamespace namespace) {
    this.loop = loop;
    this.namespace = namespace;
    this.partitions =
        IntStream.range(0, namespace.rings().length)
            .mapToObj(index -> new LoopPartition(this, index, namespace.rings()[index]))
            .toArray(LoopPartition[]::new);
  }

  HubLoop loop() {
    return loop;
  }

  OpenNamespace open() {
    return namespace;
  }

  Namespace settings() {
    return namespace.settings();
  }

  TopicTree<Subscription> tree() {
    return tree;
  }

  LoopPartition partition(int partition) {
    return partitions[partition];
  }

  int partitions() {
    return partitions.length;
  }

  /**
   * The key of a token that all who are where the loop is have in common, of the message that is in
   * hand: as long as it is the same, no partition has moved on meanwhile.
   */
  Object tokenKey() {
    return tokenKey;
  }

  /** A turn ends with a message in hand, so others may move on before everyone has had it. */
  void leftInHand() {
    tokenKey = new Object();
  }

  /** From now on its partitions are woken by what comes. */
  void attach() {
    namespace.attach(this);
    for (LoopPartition partition : partitions) {
      partition.wake();
    }
  }

  /** Whether a filter with wildcards is here already, or there are fewer than so many. */
  boolean takes(TopicFilter filter, int most) {
    return wildcards.size() < most || wildcards.containsKey(filter);
  }

  void add(Subscription subscription) {
    subscriptions.add(subscription);
    if (!subscription.filter().isExact()) {
      wildcards.merge(subscription.filter(), 1, Integer::sum);
    }
    tree.add(subscription.filter(), subscription);
  }

  void remove(Subscription subscription) {
    if (subscriptions.remove(subscription)) {
      wildcards.computeIfPresent(
          subscription.filter(), (filter, count) -> count == 1 ? null : count - 1);
      tree.remove(subscription.filter(), subscription);
      if (subscriptions.isEmpty()) {
        loop.leave(this);
      }
    }
  }

  /** What was not live yet will see the gap by itself. */
  void lost(Gap gap) {
    for (Subscription subscription : Set.copyOf(subscriptions)) {
      subscription.lostLive(gap);
    }
  }

  /** Ends all subscriptions: the namespace is not what it was. */
  void close(Receiver.EndReason reason, String message) {
    for (Subscription subscription : Set.copyOf(subscriptions)) {
      subscription.endWith(reason, message);
    }
    loop.flush();
  }
}
