package io.millrace.broker.mqtt;

import io.millrace.broker.MqttConfig;
import io.millrace.broker.Parsed;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.SharedFilter;
import io.millrace.broker.topic.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE and UNSUBSCRIBE of one client (sections 3.8 to 3.11). Belongs to its event loop. */
final class Subscribing {
  /** What became of one filter. */
  private record Outcome(int code, String message) {}

  private final DoorLoop loop;
  private final Client client;
  private final MountPoint mount;
  private final MqttConfig config;
  private final SharedGroups groups;
  private final Subscriptions subscriptions;
  private final RetainedMessages retained;

  /** What goes on when what was in flight has been sent again, by namespace. */
  private final Map<String, List<Runnable>> delayed = new HashMap<>();

  Subscribing(
      DoorLoop loop,
      Client client,
      MountPoint mount,
      MqttConfig config,
      SharedGroups groups,
      Subscriptions subscriptions,
      RetainedMessages retained) {
    this.loop = loop;
    this.client = client;
    this.mount = mount;
    this.config = config;
    this.groups = groups;
    this.subscriptions = subscriptions;
    this.retained = retained;
  }

  /** What the client is told, and what is to be sent to it behind that. */
  record Result(List<Integer> codes, String message, Runnable andThen) {}

  Result subscribe(Packet.Subscribe packet) throws MqttException {
    int identifier = (int) packet.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0);
    Answer<Wanted> wanted = Wanted.of(packet.properties());
    List<Integer> codes = new ArrayList<>();
    Map<OwnSubscription, String> withRetained = new LinkedHashMap<>();
    String problem = "";
    for (Packet.Filter filter : packet.filters()) {
      Outcome outcome =
          switch (wanted) {
            case Answer.Given<Wanted>(Wanted its) ->
                subscribe(filter, its, identifier, withRetained);
            case Answer.Refused<Wanted>(Refusal refusal) -> refused(refusal);
          };
      codes.add(outcome.code);
      problem = problem.isEmpty() ? outcome.message : problem;
    }
    return new Result(codes, problem, () -> withRetained.forEach(retained::goOnAfter));
  }

  /**
   * @param withRetained gets for each that is to be sent retained messages the path behind which
   */
  private Outcome subscribe(
      Packet.Filter asked, Wanted wanted, int identifier, Map<OwnSubscription, String> withRetained)
      throws MqttException {
    String text = asked.text();
    SubscriptionOptions options = asked.options();
    if (config.refusedFilters().contains(text)) {
      return new Outcome(
          ReasonCode.UNSPECIFIED_ERROR.code(), "nobody may subscribe to " + text + " here");
    }
    if (SharedFilter.isShared(text) && !wanted.equals(Wanted.ALL)) {
      return refused(
          new Refusal(
              Refusal.Code.BAD_REQUEST,
              "a shared subscription goes on where its group is, with all messages: mr- properties"
                  + " are for others"));
    }
    LiveSubscription known = subscriptions.find(text);
    OwnSubscription before =
        known instanceof OwnSubscription own && !own.wanted().equals(wanted) ? own : null;
    if (known != null && before == null) {
      if (known instanceof SharedMember && options.noLocal()) {
        throw noLocalShare();
      }
      subscriptions.change(known, options, identifier);
      if (options.retainHandling() == SubscriptionOptions.SEND_RETAINED
          && known instanceof OwnSubscription own) {
        own.retainedAfter("");
        withRetained.put(own, "");
      }
      return new Outcome(options.qos(), "");
    }
    if (SharedFilter.isShared(text)) {
      return share(text, options, identifier, null, false);
    }
    return switch (mount.filter(text)) {
      case Parsed.Refused<TopicFilter>(String problem) ->
          new Outcome(ReasonCode.TOPIC_FILTER_INVALID.code(), problem);
      case Parsed.Value<TopicFilter>(TopicFilter filter) -> {
        OwnSubscription one = own(text, filter, options, wanted, identifier);
        Outcome outcome = begin(one, before);
        String after = retainedAfter(options, before);
        if (outcome.code < Packet.FIRST_ERROR && after != null) {
          one.retainedAfter(after);
          withRetained.put(one, after);
        }
        yield outcome;
      }
    };
  }

  /**
   * Behind which path retained messages are to be sent; null for none. What was still to be sent to
   * the subscription before is not lost by replacing it (section 3.8.4).
   */
  private static @Nullable String retainedAfter(
      SubscriptionOptions options, @Nullable OwnSubscription before) {
    int handling = options.retainHandling();
    return handling == SubscriptionOptions.SEND_RETAINED
            || (before == null && handling == SubscriptionOptions.SEND_RETAINED_IF_NEW)
        ? ""
        : before == null ? null : before.retainedAfter();
  }

  private OwnSubscription own(
      String text, TopicFilter filter, SubscriptionOptions options, Wanted wanted, int identifier) {
    boolean mayHide =
        mount instanceof MountPoint.At at
            && !at.prefix().isEmpty()
            && (text.startsWith("+") || text.startsWith("#"));
    return new OwnSubscription(subscriptions, text, filter, mayHide, options, wanted, identifier);
  }

  /**
   * @param before what the client has subscribed to with the same filter and other wishes: it goes
   *     on from there unless it says where; null for nothing
   */
  private Outcome begin(OwnSubscription one, @Nullable OwnSubscription before) {
    String filter = one.filter().toString();
    Wanted wanted = one.wanted();
    String token = before == null || wanted.begin() != null ? null : before.position();
    boolean goesOn = false;
    Start start = wanted.start().orElse(new Start.Now());
    if (token != null && Position.parse(token) instanceof Parsed.Value<Position>(Position at)) {
      goesOn = true;
      start = new Start.After(at);
    }
    Answer<Subscription> answer =
        goesOn
            ? client.goOn(filter, start, wanted.where(), one)
            : client.subscribe(filter, start, wanted.where(), SlowPolicy.PAUSE, one);
    return switch (answer) {
      case Answer.Given<Subscription>(Subscription its) -> {
        if (before != null) {
          one.isToTell(before);
          subscriptions.remove(before);
          subscriptions.end(before);
        }
        one.begun(its);
        subscriptions.add(one);
        yield new Outcome(one.options().qos(), "");
      }
      case Answer.Refused<Subscription>(Refusal refusal) -> refused(refusal);
    };
  }

  private static Outcome refused(Refusal refusal) {
    return new Outcome(MqttReasons.ofSubscribe(refusal).code(), refusal.message());
  }

  private Outcome share(
      String text,
      SubscriptionOptions options,
      int identifier,
      @Nullable String since,
      boolean isBack)
      throws MqttException {
    if (options.noLocal()) {
      throw noLocalShare();
    }
    return switch (SharedFilter.parse(text)) {
      case Parsed.Refused<SharedFilter>(String problem) ->
          new Outcome(ReasonCode.TOPIC_FILTER_INVALID.code(), problem);
      case Parsed.Value<SharedFilter>(SharedFilter shared) ->
          switch (mount.filter(shared.filter())) {
            case Parsed.Refused<TopicFilter>(String problem) ->
                new Outcome(ReasonCode.TOPIC_FILTER_INVALID.code(), problem);
            case Parsed.Value<TopicFilter>(TopicFilter filter) ->
                join(text, shared, filter, options, identifier, since, isBack);
          };
    };
  }

  private Outcome join(
      String text,
      SharedFilter shared,
      TopicFilter filter,
      SubscriptionOptions options,
      int identifier,
      @Nullable String since,
      boolean isBack) {
    Refusal refusal = client.mayShare(filter.toString());
    if (refusal != null && (!isBack || refusal.code() == Refusal.Code.NOT_AUTHORIZED)) {
      return refused(refusal);
    }
    // It counts on the one that joins.
    SharedGroup group =
        groups.group(new SharedGroups.Key(client.grant().tenant(), shared.group(), filter));
    SharedMember member =
        new SharedMember(
            loop, client, subscriptions, group, text, shared.filter(), options, identifier);
    refusal = group.join(member, since, isBack);
    if (refusal != null) {
      return refused(refusal);
    }
    subscriptions.add(member);
    return new Outcome(options.qos(), "");
  }

  private static MqttException noLocalShare() {
    return MqttException.protocol("a shared subscription cannot be without local messages");
  }

  /**
   * Goes on with what the client had subscribed to.
   *
   * @param isDelayed whether a namespace's messages wait until {@link #goOn}
   */
  void restore(List<Subscribed> stored, Predicate<String> isDelayed) {
    for (Subscribed one : stored) {
      try {
        if (SharedFilter.isShared(one.filter())) {
          share(one.filter(), one.options(), one.identifier(), one.position(), true);
        } else if (mount.filter(one.filter())
            instanceof Parsed.Value<TopicFilter>(TopicFilter filter)) {
          OwnSubscription its =
              own(one.filter(), filter, one.options(), one.wanted(), one.identifier());
          restore(one, its, isDelayed);
        }
      } catch (MqttException e) {
        throw new IllegalStateException("it was accepted before", e);
      }
    }
  }

  private void restore(Subscribed stored, OwnSubscription one, Predicate<String> isDelayed) {
    Position begun =
        stored.begun() != null
                && Position.parse(stored.begun()) instanceof Parsed.Value<Position>(Position at)
            ? at
            : null;
    one.begunBefore(begun, stored.position(), stored.untold());
    one.retainedAfter(stored.retainedAfter());
    subscriptions.add(one);
    String namespace = one.filter().namespace();
    if (isDelayed.test(namespace)) {
      delayed.computeIfAbsent(namespace, its -> new ArrayList<>()).add(() -> goOn(stored, one));
    } else {
      goOn(stored, one);
    }
  }

  /** What was in flight of a namespace has been sent again: what is new comes now. */
  void goOn(String namespace) {
    List<Runnable> due = delayed.remove(namespace);
    if (due != null) {
      due.forEach(Runnable::run);
    }
  }

  private void goOn(Subscribed stored, OwnSubscription one) {
    if (subscriptions.find(one.text()) != one) {
      return;
    }
    switch (subscriptions.goOn(one)) {
      case Answer.Given<Subscription> given -> {
        if (stored.retainedAfter() != null) {
          retained.goOnAfter(one, stored.retainedAfter());
        }
      }
      case Answer.Refused<Subscription>(Refusal refusal) -> {
        switch (refusal.code()) {
          // The client has another credential than before.
          case NOT_AUTHORIZED, TOO_MANY_SUBSCRIPTIONS -> subscriptions.remove(one);
          default -> subscriptions.again(one);
        }
      }
    }
  }

  List<ReasonCode> unsubscribe(Packet.Unsubscribe packet) {
    List<ReasonCode> codes = new ArrayList<>();
    for (String text : packet.filters()) {
      LiveSubscription one = subscriptions.find(text);
      if (one == null) {
        codes.add(
            mount.filter(text) instanceof Parsed.Refused<TopicFilter>
                    && !SharedFilter.isShared(text)
                ? ReasonCode.TOPIC_FILTER_INVALID
                : ReasonCode.NO_SUBSCRIPTION_EXISTED);
        continue;
      }
      subscriptions.remove(one);
      switch (one) {
        case OwnSubscription own -> subscriptions.end(own);
        case SharedMember member -> member.leave(0);
      }
      codes.add(ReasonCode.SUCCESS);
    }
    return codes;
  }

  /**
   * The connection is over.
   *
   * @param until when the session ends
   */
  void close(long until) {
    subscriptions.close();
    for (LiveSubscription one : subscriptions.all()) {
      switch (one) {
        case OwnSubscription own -> subscriptions.end(own);
        case SharedMember member -> member.leave(until);
      }
    }
  }
}
