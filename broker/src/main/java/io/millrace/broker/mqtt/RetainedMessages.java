package io.millrace.broker.mqtt;

import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Client;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.topic.MountPoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sends retained messages to one client that has subscribed (section 3.3.1.3), as it takes them: by
 * topic, so that a session that comes back goes on where it was cut off. Belongs to its event loop.
 */
final class RetainedMessages {
  private record Round(OwnSubscription to, Deque<Message> messages) {}

  private final Client client;
  private final Subscriptions all;

  /** Those that are being asked for. */
  private final Set<OwnSubscription> asked = new HashSet<>();

  /** What waits for room, by filter: at most once for each subscription. */
  private final LinkedHashMap<String, Round> rounds = new LinkedHashMap<>();

  RetainedMessages(Client client, Subscriptions all) {
    this.client = client;
    this.all = all;
  }

  /**
   * Sends those that a subscription matches and that are behind a path: others were sent before.
   *
   * @param path empty for all
   */
  void goOnAfter(OwnSubscription to, String path) {
    to.retainedAfter(path);
    if (asked.add(to)) {
      client
          .retained(to.filter().toString())
          .onComplete(
              answer -> {
                asked.remove(to);
                switch (answer.result()) {
                  case Answer.Given<List<Message>>(List<Message> messages) ->
                      begin(to, messages.stream().filter(to::isRetainedDue));
                  case Answer.Refused<List<Message>> refused -> to.retainedAfter(null);
                }
              });
    }
  }

  private void begin(OwnSubscription to, Stream<Message> messages) {
    if (all.find(to.text()) != to) {
      // The one in its place has asked for itself.
      return;
    }
    rounds.values().removeIf(round -> all.find(round.to.text()) != round.to);
    rounds.put(
        to.text(), new Round(to, messages.collect(Collectors.toCollection(ArrayDeque::new))));
    goOn();
    all.flush();
  }

  /** Namespaces were deleted: nothing is retained there any more. */
  void deleted(Predicate<String> isGone) {
    rounds
        .values()
        .removeIf(
            round -> {
              boolean isOver = isGone.test(round.to.filter().namespace());
              if (isOver) {
                round.to.retainedAfter(null);
              }
              return isOver;
            });
  }

  /** There may be room. */
  void goOn() {
    while (!rounds.isEmpty()) {
      Round round = rounds.firstEntry().getValue();
      while (!round.messages.isEmpty()) {
        Message next = round.messages.getFirst();
        if (!send(round.to, next)) {
          return;
        }
        round.to.retainedAfter(next.path());
        round.messages.removeFirst();
      }
      round.to.retainedAfter(null);
      rounds.remove(round.to.text(), round);
    }
  }

  private boolean send(OwnSubscription to, Message message) {
    Subscription reading = to.subscription();
    PublishEncoding encoding = all.encoding(to.filter().namespace(), message);
    if (reading == null
        || all.find(to.text()) != to
        || encoding == null
        || !reading.wants(message)
        || MountPoint.hides(to.text(), encoding.topic())
        || (to.options().noLocal() && all.isOfThisClient(message))) {
      return true;
    }
    int qos = Math.min(to.options().qos(), encoding.qos());
    return qos == 0
        ? all.sender().offer(encoding, true, to.identifiers())
        : all.sender()
            .offer(
                encoding,
                qos,
                true,
                to.identifiers(),
                Place.of(to.filter().namespace(), reading, message));
  }
}
