package io.millrace.broker.mqtt;

import io.millrace.broker.door.MessageFields;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One filter of one client. */
final class OwnSubscription implements Receiver, LiveSubscription {
  /** User properties of a message, which nobody can publish. */
  private static final String GAP = "mr-gap";

  private static final String POSITION = "mr-position";

  /** Of gaps that are told with one message. */
  private static final int MOST_GAPS = 64;

  private static final byte[] NOTHING = {};

  private final Subscriptions all;
  private final String text;
  private final TopicFilter filter;
  private final String[] levels;
  private final boolean mayHide;
  private SubscriptionOptions options;
  private Wanted wanted;
  private int identifier;
  private byte[] identifiers = NOTHING;
  private @Nullable Subscription subscription;
  private @Nullable Position begunAt;
  private @Nullable String lastPosition;
  private @Nullable String retainedAfter;
  private final List<OwnSubscription> overlapping = new ArrayList<>(0);

  /** Gaps that the client is told of with the next message, as it is told of them. */
  private final List<String> untold = new ArrayList<>(0);

  OwnSubscription(
      Subscriptions all,
      String text,
      TopicFilter filter,
      boolean mayHide,
      SubscriptionOptions options,
      Wanted wanted,
      int identifier) {
    this.all = all;
    this.text = text;
    this.filter = filter;
    this.levels = FilterOverlap.levels(filter);
    this.mayHide = mayHide;
    this.options = options;
    this.wanted = wanted;
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

  Wanted wanted() {
    return wanted;
  }

  /** Where it began before, when it goes on, and what gaps its client has not been told of. */
  void begunBefore(@Nullable Position position, @Nullable String last, List<String> gaps) {
    begunAt = position;
    lastPosition = last;
    untold.addAll(gaps);
  }

  /** It takes the place of another one, whose gaps the client is still to be told of. */
  void isToTell(OwnSubscription of) {
    of.untold.stream().limit(MOST_GAPS - untold.size()).forEach(untold::add);
  }

  void begun(Subscription its) {
    subscription = its;
  }

  /** Its namespace is gone; in one that is made anew it begins before everything. */
  void beginAnew() {
    wanted = wanted.begun();
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

  /** As it was said last. */
  @Nullable String retainedAfter() {
    return retainedAfter;
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
        retainedAfter,
        wanted,
        untold);
  }

  /** Up to where it has come; null where nothing is kept. */
  @Nullable String position() {
    Position position = subscription == null ? null : subscription.position();
    return position == null ? lastPosition : position.token();
  }

  @Override
  public void started(Subscription started, boolean mayRepeat) {
    subscription = started;
    wanted = wanted.begun();
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
          ? send(
              to,
              delivery,
              encoding,
              options.qos(),
              options.retainAsPublished(),
              identifiers,
              untold.isEmpty() ? List.of() : List.of(this))
          : true;
    }
    return deliverOnce(to, delivery, encoding);
  }

  private boolean isOwn(Message message) {
    return options.noLocal() && all.isOfThisClient(message);
  }

  /**
   * @param telling whose gaps come with it
   */
  private boolean send(
      Subscription to,
      Delivery delivery,
      PublishEncoding encoding,
      int most,
      boolean asPublished,
      byte[] its,
      List<OwnSubscription> telling) {
    byte[] position = wanted.positions() ? position(to, delivery) : NOTHING;
    if (telling.isEmpty() && position.length == 0) {
      return send(to, delivery, encoding, most, asPublished, its, NOTHING);
    }
    byte[] withGaps = its;
    for (OwnSubscription one : telling) {
      withGaps = PacketWriter.joined(withGaps, one.gaps());
    }
    if (!all.sender().takes(encoding, PacketWriter.joined(withGaps, position))) {
      // A message that the client takes is not left out for what is said beside it.
      return send(to, delivery, encoding, most, asPublished, its, NOTHING);
    }
    boolean isTaken = send(to, delivery, encoding, most, asPublished, withGaps, position);
    if (isTaken) {
      telling.forEach(one -> one.untold.clear());
    }
    return isTaken;
  }

  private boolean send(
      Subscription to,
      Delivery delivery,
      PublishEncoding encoding,
      int most,
      boolean asPublished,
      byte[] its,
      byte[] position) {
    Message message = delivery.message();
    int qos = most == 0 ? 0 : Math.min(most, encoding.qos());
    boolean retain = asPublished && message.retain();
    if (qos > 0) {
      return all.sender()
          .offer(encoding, qos, retain, its, position, Place.of(filter.namespace(), to, message));
    }
    byte[] properties = PacketWriter.joined(its, position);
    return (retain || properties.length > 0)
        ? all.sender().offer(encoding, retain, properties)
        : all.sender().offerPlain(encoding);
  }

  /** Up to where everything is delivered with a message; nothing where nothing is kept. */
  private static byte[] position(Subscription to, Delivery delivery) {
    byte[] token = to.tokenAfter(delivery);
    return token == null ? NOTHING : new PacketWriter.Fields().putPair(POSITION, token).toBytes();
  }

  private byte[] gaps() {
    PacketWriter.Fields gaps = new PacketWriter.Fields();
    untold.forEach(gap -> gaps.putPair(GAP, gap.getBytes(StandardCharsets.UTF_8)));
    return gaps.toBytes();
  }

  /**
   * Of several subscriptions that match, the first one to come to a message sends it for all
   * (section 3.3.4): with the highest QoS and with the identifiers of all.
   */
  private boolean deliverOnce(Subscription to, Delivery delivery, PublishEncoding encoding) {
    Message message = delivery.message();
    if (all.wasSentLast(filter.namespace(), to.generation(), message)) {
      return true;
    }
    boolean isWanted = !isOwn(message);
    int qos = isWanted ? options.qos() : 0;
    boolean asPublished = isWanted && options.retainAsPublished();
    byte[] its = isWanted ? identifiers : NOTHING;
    boolean isLive = to.isLive(message.partition());
    List<OwnSubscription> telling = new ArrayList<>(0);
    if (isWanted && !untold.isEmpty()) {
      telling.add(this);
    }
    for (OwnSubscription other : overlapping) {
      Subscription beside = other.subscription;
      if (beside == null || !other.filter.matches(message.path()) || !beside.wants(message)) {
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
        its = PacketWriter.joined(its, other.identifiers);
        if (!other.untold.isEmpty()) {
          telling.add(other);
        }
      }
    }
    boolean isTaken = !isWanted || send(to, delivery, encoding, qos, asPublished, its, telling);
    if (isTaken) {
      all.sentLast(filter.namespace(), to.generation(), message);
    }
    return isTaken;
  }

  private boolean hides(PublishEncoding encoding) {
    return MountPoint.hides(text, encoding.topic());
  }

  @Override
  public long room() {
    return all.sender().room();
  }

  @Override
  public void gap(Subscription of, Gap gap) {
    // MQTT 3.1.1 has no place for it; the hub counts it.
    if (all.key().version().isV5() && untold.size() < MOST_GAPS) {
      untold.add(MessageFields.gap(gap).encode());
    }
  }

  @Override
  public void caughtUp(Subscription of) {
    // MQTT has no word for it.
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
