package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.mqtt.Outstanding.Dealt;
import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.topic.SharedFilter;
import io.millrace.broker.topic.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The shared subscriptions of this node (section 4.8.2). Thread-safe. */
final class SharedGroups {
  /**
   * What tells groups apart.
   *
   * @param tenant whose clients share
   */
  record Key(String tenant, String name, TopicFilter filter) {}

  /** Groups without a member that are remembered for their position. */
  private static final int MOST_IDLE = 10_000;

  // Guarded by this, which is taken before a group's own lock and never within it.
  private final Map<Key, SharedGroup> groups = new HashMap<>();

  /** Those without a member, the longest so first. */
  private final Set<SharedGroup> idle = new LinkedHashSet<>();

  /** The group of this name, made when it is not there. Who asks is to join it. */
  synchronized SharedGroup group(Key key) {
    SharedGroup group = groups.computeIfAbsent(key, its -> new SharedGroup(its, this));
    group.expect();
    idle.remove(group);
    return group;
  }

  /**
   * A session ends: what it was sent with QoS 1 by shared subscriptions and has not acknowledged
   * goes to others of their groups (section 4.8.2), as far as those are known here.
   *
   * @param session as it is in the end
   * @return gives it to them, when the session has ended: nothing of a namespace that is deleted
   *     meanwhile
   */
  Runnable ending(String key, StoredSession session) {
    Map<String, List<Place>> owed = new LinkedHashMap<>();
    for (InFlight one : session.inFlight()) {
      if (one.qos() == 1 && !one.share().equals(InFlight.NOT_SHARED)) {
        owed.computeIfAbsent(one.share(), none -> new ArrayList<>()).add(one.place());
      }
    }
    // Of those that the client has left it was given to others then.
    owed.keySet().retainAll(session.subscriptions().stream().map(Subscribed::filter).toList());
    List<Runnable> gifts = new ArrayList<>();
    owed.forEach(
        (text, places) -> find(key, text).ifPresent(group -> gifts.add(gift(group, places))));
    return () -> gifts.forEach(Runnable::run);
  }

  private static Runnable gift(SharedGroup group, List<Place> places) {
    int life = group.life();
    List<Dealt> these = places.stream().map(place -> new Dealt(place, life)).toList();
    return () -> group.giveOn(these);
  }

  /** A namespace was deleted: groups begin anew in another one of its name. */
  void beginAnew(String namespace) {
    List<SharedGroup> its;
    synchronized (this) {
      its =
          groups.values().stream()
              .filter(group -> group.key().filter().namespace().equals(namespace))
              .toList();
    }
    its.forEach(SharedGroup::beginAnew);
  }

  private Optional<SharedGroup> find(String session, String text) {
    return SharedFilter.parse(text) instanceof Parsed.Value<SharedFilter>(SharedFilter shared)
            && SessionKey.mountOf(session).filter(shared.filter())
                instanceof Parsed.Value<TopicFilter>(TopicFilter filter)
        ? find(new Key(SessionKey.tenantOf(session), shared.group(), filter))
        : Optional.empty();
  }

  private synchronized Optional<SharedGroup> find(Key key) {
    return Optional.ofNullable(groups.get(key));
  }

  /** A group may have no member any more. */
  synchronized void left(SharedGroup group) {
    if (!group.isIdle() || !group.equals(groups.get(group.key()))) {
      return;
    }
    idle.add(group);
    if (idle.size() > MOST_IDLE) {
      // Its members' sessions have its position too.
      forget(idle.iterator().next());
    }
  }

  /** Forgets the groups that nobody will come back to; now and then. */
  synchronized void sweep(long nowMillis) {
    for (SharedGroup group : Set.copyOf(idle)) {
      if (!group.isIdle()) {
        idle.remove(group);
      } else if (group.isOver(nowMillis)) {
        forget(group);
      }
    }
  }

  private void forget(SharedGroup group) {
    idle.remove(group);
    groups.remove(group.key(), group);
  }

  /** How many are remembered. */
  synchronized int size() {
    return groups.size();
  }
}
