package io.millrace.broker.mqtt;

import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.Outstanding.Dealt;
import io.millrace.broker.mqtt.ReturnedMessages.Returned;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One client's part in a {@link SharedGroup}. Belongs to the client's event loop, but for {@link
 * #take} and {@link #later}.
 */
final class SharedMember implements LiveSubscription {
  /** How many messages may wait here; the others of the group get the rest. */
  private static final int MOST_WAITING = 64;

  private record Unsent(Message message, Dealt dealt) {
    private Returned returned() {
      return new Returned(dealt, Optional.of(message));
    }
  }

  /** What is not acknowledged: not the message itself, which the log has. */
  private record Sent(Dealt dealt, int qos) {}

  private final DoorLoop loop;
  private final Client client;
  private final Subscriptions all;
  private final SharedGroup group;
  private final String text;
  private final String innerText;
  private final Deque<Unsent> waiting = new ArrayDeque<>();
  private final AtomicInteger taken = new AtomicInteger();

  /** What may have to go to another member, by packet identifier. */
  private final Map<Integer, Sent> unacknowledged = new LinkedHashMap<>();

  private SubscriptionOptions options;
  private int identifier;
  private byte[] identifiers = {};
  private @Nullable SharedReading reading;
  private boolean hasLeft;

  /** Whether the message that was sent last waits for its acknowledgement. */
  private boolean lastWasTracked;

  /**
   * @param text with {@code $share}
   * @param innerText without it, as the client wrote it
   */
  SharedMember(
      DoorLoop loop,
      Client client,
      Subscriptions all,
      SharedGroup group,
      String text,
      String innerText,
      SubscriptionOptions options,
      int identifier) {
    this.loop = loop;
    this.client = client;
    this.all = all;
    this.group = group;
    this.text = text;
    this.innerText = innerText;
    this.options = options;
    change(options, identifier);
  }

  @Override
  public void change(SubscriptionOptions changed, int its) {
    options = changed;
    identifier = its;
    identifiers = OwnSubscription.identifiers(its);
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public TopicFilter filter() {
    return group.key().filter();
  }

  @Override
  public SubscriptionOptions options() {
    return options;
  }

  @Override
  public byte[] identifiers() {
    return identifiers;
  }

  @Override
  public Subscribed stored() {
    settle();
    if (reading != null) {
      reading.remember();
    }
    // What is in flight is kept with the session itself.
    return new Subscribed(
        text,
        options,
        identifier,
        null,
        group.storedPosition(unacknowledged.values().stream().map(Sent::dealt).toList()),
        null);
  }

  SharedGroup group() {
    return group;
  }

  Client client() {
    return client;
  }

  long now() {
    return loop.now();
  }

  void later(Runnable task) {
    loop.later(task);
  }

  void after(long millis, Runnable task) {
    loop.after(millis, task);
  }

  @Nullable SharedReading reading() {
    return reading;
  }

  /** It reads for the group now, or no more. */
  void leads(@Nullable SharedReading its) {
    reading = its;
  }

  /** Takes a message for its client, where it has room; any thread. */
  boolean take(Message message, Dealt dealt) {
    if (taken.incrementAndGet() > MOST_WAITING) {
      taken.decrementAndGet();
      return false;
    }
    later(() -> dealt(new Unsent(message, dealt)));
    return true;
  }

  private void dealt(Unsent one) {
    if (hasLeft) {
      // On its way while the client left.
      group.leave(this, List.of(one.returned()), 0);
      return;
    }
    waiting.add(one);
    goOn();
  }

  /** Its namespace was deleted, and with it what waits. */
  void forgetDeleted() {
    int before = waiting.size();
    waiting.removeIf(one -> !group.isOfNow(one.dealt));
    taken.addAndGet(waiting.size() - before);
  }

  /** Sends what waits as far as there is room. */
  void goOn() {
    boolean wasFull = taken.get() >= MOST_WAITING;
    while (!waiting.isEmpty() && send(waiting.getFirst())) {
      Unsent sent = waiting.removeFirst();
      if (!lastWasTracked) {
        group.settled(List.of(sent.dealt));
      }
      taken.decrementAndGet();
    }
    all.flush();
    if (wasFull && taken.get() < MOST_WAITING) {
      group.goOn();
    }
  }

  private boolean send(Unsent one) {
    lastWasTracked = false;
    Message message = one.message;
    String namespace = filter().namespace();
    PublishEncoding encoding = all.encoding(namespace, message);
    if (encoding == null
        || message.isExpired(now())
        || MountPoint.hides(innerText, encoding.topic())) {
      return true;
    }
    int qos = Math.min(options.qos(), encoding.qos());
    boolean retain = options.retainAsPublished() && message.retain();
    if (qos == 0) {
      return all.sender().offer(encoding, retain, identifiers);
    }
    if (!all.sender().offer(encoding, qos, retain, identifiers, one.dealt.place(), text)) {
      return false;
    }
    if (unacknowledged.size() >= MOST_WAITING) {
      settle();
    }
    int packetId = all.sender().lastId();
    if (packetId != Sender.NOT_SENT) {
      lastWasTracked = true;
      unacknowledged.put(packetId, new Sent(one.dealt, qos));
    }
    return true;
  }

  /** Forgets what its client has acknowledged. */
  void settle() {
    List<Dealt> settled = new ArrayList<>();
    unacknowledged
        .entrySet()
        .removeIf(
            each -> {
              boolean isSettled = !isInFlight(each.getKey(), each.getValue());
              if (isSettled) {
                settled.add(each.getValue().dealt);
              }
              return isSettled;
            });
    group.settled(settled);
  }

  /** Its client may not read for the group, or be in it, any more; on its loop. */
  void dropped() {
    all.remove(this);
    leave(0);
  }

  private boolean isInFlight(int packetId, Sent sent) {
    return all.sender().isInFlight(packetId, sent.dealt.place());
  }

  /**
   * The client goes, or has unsubscribed.
   *
   * @param until when its session ends; what it has not acknowledged waits for it until then
   */
  void leave(long until) {
    hasLeft = true;
    settle();
    List<Dealt> itsOwn = new ArrayList<>();
    List<Returned> unsent = new ArrayList<>();
    for (Sent sent : unacknowledged.values()) {
      // Its session has them in flight; and with QoS 2 nobody else may have what it may have.
      if (until > now() || sent.qos == 2) {
        itsOwn.add(sent.dealt);
      } else {
        unsent.add(new Returned(sent.dealt, Optional.empty()));
      }
    }
    group.settled(itsOwn);
    unacknowledged.clear();
    waiting.forEach(one -> unsent.add(one.returned()));
    waiting.clear();
    group.leave(this, unsent, until);
  }
}
