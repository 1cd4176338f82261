package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.position.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one client while it is connected. Belongs to its event loop. */
final class Subscriptions {
  private static final long AGAIN_MILLIS = 1000;

  private final DoorLoop loop;
  private final Client client;
  private final Sender sender;
  private final PublishEncoding.Key key;
  private final byte[] source;
  private final Runnable flush;
  private final Map<String, LiveSubscription> byText = new LinkedHashMap<>();

  /** The offset of the message that was sent last for several subscriptions, by partition. */
  private final Map<LogOf, long[]> sentLast = new HashMap<>();

  private int noLocal;
  private boolean isOver;

  /**
   * @param source what messages of this client have as {@link MqttHeaders#SOURCE}
   * @param flush writes what was sent
   */
  Subscriptions(
      DoorLoop loop,
      Client client,
      Sender sender,
      PublishEncoding.Key key,
      byte[] source,
      Runnable flush) {
    this.loop = loop;
    this.client = client;
    this.sender = sender;
    this.key = key;
    this.source = source;
    this.flush = flush;
  }

  Sender sender() {
    return sender;
  }

  PublishEncoding.Key key() {
    return key;
  }

  @Nullable LiveSubscription find(String text) {
    return byText.get(text);
  }

  /** A new one. */
  void add(LiveSubscription one) {
    if (one instanceof OwnSubscription its) {
      for (LiveSubscription other : byText.values()) {
        if (other instanceof OwnSubscription beside) {
          its.isBeside(beside);
        }
      }
    }
    byText.put(one.text(), one);
    noLocal += one.options().noLocal() ? 1 : 0;
  }

  /** One that is there, with other options. */
  void change(LiveSubscription one, SubscriptionOptions options, int identifier) {
    noLocal += (options.noLocal() ? 1 : 0) - (one.options().noLocal() ? 1 : 0);
    one.change(options, identifier);
  }

  /** Forgets one; whether it was there. */
  boolean remove(LiveSubscription one) {
    if (!byText.remove(one.text(), one)) {
      return false;
    }
    noLocal -= one.options().noLocal() ? 1 : 0;
    if (one instanceof OwnSubscription its) {
      its.isAlone();
    }
    return true;
  }

  /** Whether what the client publishes has to say that it is from there. */
  boolean hasNoLocal() {
    return noLocal > 0;
  }

  /** All, as they are kept. */
  List<Subscribed> stored() {
    return byText.values().stream().map(LiveSubscription::stored).toList();
  }

  /** Ends one of the client's own. */
  void end(OwnSubscription one) {
    Subscription its = one.subscription();
    if (its != null) {
      client.unsubscribe(its);
    }
  }

  List<LiveSubscription> all() {
    return new ArrayList<>(byText.values());
  }

  /** The connection is over. */
  void close() {
    isOver = true;
  }

  boolean isOver() {
    return isOver;
  }

  /** Forgets what the client has acknowledged of what it shares with others. */
  void settle() {
    for (LiveSubscription one : byText.values()) {
      if (one instanceof SharedMember member) {
        member.settle();
      }
    }
  }

  /** Goes on from where one was. */
  Answer<Subscription> goOn(OwnSubscription one) {
    Start start = one.wanted().start().orElse(new Start.Now());
    String token = one.position();
    if (token != null && Position.parse(token) instanceof Parsed.Value<Position>(Position at)) {
      start = new Start.After(at);
    }
    Answer<Subscription> answer =
        client.goOn(one.filter().toString(), start, one.wanted().where(), one);
    switch (answer) {
      case Answer.Given<Subscription>(Subscription its) -> one.begun(its);
      case Answer.Refused<Subscription>(Refusal refusal) -> {
        if (refusal.code() == Refusal.Code.NO_SUCH_NAMESPACE) {
          one.beginAnew();
        }
      }
    }
    return answer;
  }

  /** One has ended by itself: its namespace has changed, or its log could not be read. */
  void ended(OwnSubscription one, Subscription of) {
    client.unsubscribe(of);
    again(one);
  }

  /** Tries to go on with one in a while, and again until it does. */
  void again(OwnSubscription one) {
    loop.after(
        AGAIN_MILLIS,
        () -> {
          if (!isOver
              && byText.get(one.text()) == one
              && one.subscription() == null
              && goOn(one) instanceof Answer.Refused<Subscription>) {
            again(one);
          }
        });
  }

  /** There is room again, or the client has acknowledged something. */
  void goOn() {
    for (LiveSubscription one : byText.values()) {
      if (one instanceof SharedMember member) {
        member.goOn();
      }
    }
    client.resume(sender::isFull);
  }

  /** A message as this client gets it; null when it has no name for the topic. */
  @Nullable PublishEncoding encoding(String namespace, Delivery delivery) {
    return delivery
        .encoded(key, message -> PublishEncoding.of(namespace, message, key, loop.now()))
        .orElse(null);
  }

  @Nullable PublishEncoding encoding(String namespace, Message message) {
    return PublishEncoding.of(namespace, message, key, loop.now()).orElse(null);
  }

  boolean isOfThisClient(Message message) {
    byte[] its = message.headers().bytes(MqttHeaders.SOURCE);
    return its != null && Arrays.equals(its, source);
  }

  /** Offsets begin anew with each generation. */
  private record LogOf(String namespace, int generation) {}

  /** Namespaces were deleted: also those begin anew that have not been able to go on. */
  void deleted(Predicate<String> isGone) {
    sentLast.keySet().removeIf(log -> isGone.test(log.namespace));
    for (LiveSubscription one : byText.values()) {
      if (isGone.test(one.filter().namespace())) {
        switch (one) {
          case OwnSubscription own -> {
            if (own.subscription() == null) {
              own.beginAnew();
            }
          }
          case SharedMember member -> member.forgetDeleted();
        }
      }
    }
  }

  /** What is made anew under a name has the offsets again that were there before. */
  void begunAnew(String namespace) {
    sentLast.keySet().removeIf(log -> log.namespace.equals(namespace));
  }

  boolean wasSentLast(String namespace, int generation, Message message) {
    long[] last = sentLast.get(new LogOf(namespace, generation));
    return last != null
        && message.partition() < last.length
        && last[message.partition()] == message.offset();
  }

  void sentLast(String namespace, int generation, Message message) {
    LogOf log = new LogOf(namespace, generation);
    long[] last = sentLast.get(log);
    if (last == null || last.length <= message.partition()) {
      int known = last == null ? 0 : last.length;
      last =
          last == null
              ? new long[message.partition() + 1]
              : Arrays.copyOf(last, message.partition() + 1);
      Arrays.fill(last, known, last.length, -1);
      sentLast.put(log, last);
    }
    last[message.partition()] = message.offset();
  }

  void flush() {
    flush.run();
  }
}
