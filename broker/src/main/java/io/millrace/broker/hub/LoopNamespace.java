package io.millrace.broker.hub;

import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.topic.TopicTree;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** Those of one event loop who have subscribed in one namespace. Belongs to the event loop. */
final class LoopNamespace {
  private final HubLoop loop;
  private final OpenNamespace namespace;
  private final LoopPartition[] partitions;
  private final TopicTree<Subscription> tree = new TopicTree<>();
  private final Set<Subscription> subscriptions = new HashSet<>();

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

  /** From now on its partitions are woken by what comes. */
  void attach() {
    namespace.attach(this);
    for (LoopPartition partition : partitions) {
      partition.wake();
    }
  }

  void add(Subscription subscription) {
    subscriptions.add(subscription);
    tree.add(subscription.filter(), subscription);
  }

  void remove(Subscription subscription) {
    if (subscriptions.remove(subscription)) {
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
  void close(String message) {
    for (Subscription subscription : Set.copyOf(subscriptions)) {
      subscription.endWith(Receiver.EndReason.NAMESPACE_CHANGED, message);
    }
  }
}
