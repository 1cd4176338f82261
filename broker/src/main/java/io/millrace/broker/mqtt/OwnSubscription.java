package io.millrace.broker.mqtt;

import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.TopicFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One filter of one client. */
final class OwnSubscription implements Receiver, LiveSubscription {
  private static final byte[] NOTHING = {};

  private final Subscriptions all;
  private final String text;
  private final TopicFilter filter;
  private final String[] levels;
  private final boolean mayHide;
  private SubscriptionOptions options;
  private int identifier;
  private byte[] identifiers = NOTHING;
  private @Nullable Subscription subscription;
  private @Nullable Position begunAt;
  private @Nullable String lastPosition;
  private @Nullable String retainedAfter;
  private final List<OwnSubscription> overlapping = new ArrayList<>(0);

  OwnSubscription(
      Subscriptions all,
      String text,
      TopicFilter filter,
      boolean mayHide,
      SubscriptionOptions options,
      int identifier) {
    this.all = all;
    this.text = text;
    this.filter = filter;
    this.levels = FilterOverlap.levels(filter);
    this.mayHide = mayHide;
    this.options = options;
    change(options, identifier);
  }

  @Override
  public void change(SubscriptionOptions changed, int its) {
    options = changed;
    identifier = its;
    identifiers = identifiers(its);
  }

  /** A subscription identifier as a property; 0 is none. */
  static byte[] identifiers(int identifier) {
    return identifier == 0
        ? NOTHING
        : new PacketWriter.Fields().put(Property.SUBSCRIPTION_IDENTIFIER, identifier).toBytes();
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public SubscriptionOptions options() {
    return options;
  }

  @Override
  public TopicFilter filter() {
    return filter;
  }

  @Override
  public byte[] identifiers() {
    return identifiers;
  }

  /** Where it began before, when it goes on. */
  void begunBefore(@Nullable Position position, @Nullable String last) {
    begunAt = position;
    lastPosition = last;
  }

  void begun(Subscription its) {
    subscription = its;
  }

  /** Its namespace is gone; in one that is made anew it begins before everything. */
  void beginAnew() {
    begunAt = null;
    lastPosition = lastPosition == null ? null : Position.anew(lastPosition);
  }

  /**
   * Retained messages are still to be sent.
   *
   * @param path behind which, empty for all; null for none
   */
  void retainedAfter(@Nullable String path) {
    retainedAfter = path;
  }

  /** Whether a retained message is still to be sent. */
  boolean isRetainedDue(Message message) {
    return retainedAfter != null && message.path().compareTo(retainedAfter) > 0;
  }

  @Nullable Subscription subscription() {
    return subscription;
  }

  /** Another one of the same client is there: it may match a topic that this one matches. */
  void isBeside(OwnSubscription other) {
    if ((!filter.isExact() || !other.filter.isExact()) && FilterOverlap.of(levels, other.levels)) {
      overlapping.add(other);
      other.overlapping.add(this);
    }
  }

  /** It is gone. */
  void isAlone() {
    for (OwnSubscription other : overlapping) {
      other.overlapping.remove(this);
    }
    overlapping.clear();
  }

  @Override
  public Subscribed stored() {
    return new Subscribed(
        text,
        options,
        identifier,
        begunAt == null ? null : begunAt.token(),
        position(),
        retainedAfter);
  }

  /** Up to where it has come; null where nothing is kept. */
  @Nullable String position() {
    Position position = subscription == null ? null : subscription.position();
    return position == null ? lastPosition : position.token();
  }

  @Override
  public void started(Subscription started, boolean mayRepeat) {
    subscription = started;
    if (begunAt == null) {
      begunAt = started.position();
    }
  }

  /** Whether it has begun before a message. */
  private boolean hasBegunBefore(Message message) {
    return switch (begunAt) {
      case null -> true;
      case Position.OfTopic topic -> topic.next() <= message.offset();
      case Position.OfFilter its ->
          message.partition() >= its.next().partitions()
              || its.next().next(message.partition()) <= message.offset();
    };
  }

  @Override
  public boolean deliver(Subscription to, Delivery delivery) {
    Message message = delivery.message();
    PublishEncoding encoding = all.encoding(filter.namespace(), delivery);
    if (encoding == null || (mayHide && MountPoint.hides(text, encoding.topic()))) {
      return true;
    }
    if (overlapping.isEmpty()) {
      return !isOwn(message)
          ? send(to, message, encoding, options.qos(), options.retainAsPublished(), identifiers)
          : true;
    }
    return deliverOnce(to, message, encoding);
  }

  private boolean isOwn(Message message) {
    return options.noLocal() && all.isOfThisClient(message);
  }

  private boolean send(
      Subscription to,
      Message message,
      PublishEncoding encoding,
      int most,
      boolean asPublished,
      byte[] its) {
    int qos = most == 0 ? 0 : Math.min(most, encoding.qos());
    boolean retain = asPublished && message.retain();
    if (qos > 0) {
      return all.sender()
          .offer(encoding, qos, retain, its, Place.of(filter.namespace(), to, message));
    }
    return (retain || its.length > 0)
        ? all.sender().offer(encoding, retain, its)
        : all.sender().offerPlain(encoding);
  }

  /**
   * Of several subscriptions that match, the first one to come to a message sends it for all
   * (section 3.3.4): with the highest QoS and with the identifiers of all.
   */
  private boolean deliverOnce(Subscription to, Message message, PublishEncoding encoding) {
    if (all.wasSentLast(filter.namespace(), to.generation(), message)) {
      return true;
    }
    boolean isWanted = !isOwn(message);
    int qos = isWanted ? options.qos() : 0;
    boolean asPublished = isWanted && options.retainAsPublished();
    byte[] its = isWanted ? identifiers : NOTHING;
    boolean isLive = to.isLive(message.partition());
    for (OwnSubscription other : overlapping) {
      Subscription beside = other.subscription;
      if (beside == null || !other.filter.matches(message.path())) {
        continue;
      }
      if (!(isLive && beside.isLive(message.partition()))
          && beside.generation() == to.generation()
          && other.hasBegunBefore(message)
          && beside.next(message.partition()) > message.offset()) {
        return true;
      }
      if (!other.isOwn(message) && !(other.mayHide && other.hides(encoding))) {
        isWanted = true;
        qos = Math.max(qos, other.options.qos());
        asPublished |= other.options.retainAsPublished();
        its = joined(its, other.identifiers);
      }
    }
    boolean isTaken = !isWanted || send(to, message, encoding, qos, asPublished, its);
    if (isTaken) {
      all.sentLast(filter.namespace(), to.generation(), message);
    }
    return isTaken;
  }

  private boolean hides(PublishEncoding encoding) {
    return MountPoint.hides(text, encoding.topic());
  }

  private static byte[] joined(byte[] some, byte[] more) {
    if (more.length == 0) {
      return some;
    }
    byte[] both = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, both, some.length, more.length);
    return both;
  }

  @Override
  public long room() {
    return all.sender().room();
  }

  @Override
  public void gap(Subscription of, Gap gap) {
    // MQTT has no word for it; it is counted by the hub.
  }

  @Override
  public void caughtUp(Subscription of) {
    // Nor for this.
  }

  @Override
  public void ended(Subscription of, EndReason reason, String message) {
    lastPosition = Optional.ofNullable(of.position()).map(Position::token).orElse(lastPosition);
    subscription = null;
    if (reason == EndReason.NAMESPACE_DELETED) {
      all.begunAnew(filter.namespace());
      beginAnew();
    }
    all.ended(this, of);
  }

  @Override
  public void flush() {
    all.flush();
  }
}
