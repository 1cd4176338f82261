package io.millrace.broker.ws;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.History;
import io.millrace.broker.door.Outbox;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.position.Position;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client that was let in has asked for on one connection: its subscriptions, the publishes
 * that wait for the log, the histories that are being read. Belongs to the connection's event loop.
 */
final class WsRequests {
  private static final int MOST_PUBLISHES = 2000;
  private static final int MOST_HISTORIES = 4;

  private final DoorLoop loop;
  private final WsConnection connection;
  private final WsSession session;
  private final Client client;
  private final ServerFrames frames;
  private final Map<String, WsSubscription> subscriptions = new HashMap<>();
  private final Set<HistoryRead> histories = new HashSet<>();
  private int publishing;
  private boolean isAnswering;

  WsRequests(DoorLoop loop, WsConnection connection, WsSession session, Client client) {
    this.loop = loop;
    this.connection = connection;
    this.session = session;
    this.client = client;
    this.frames = connection.frames();
  }

  void handle(ClientFrame.Request request) {
    switch (request) {
      case ClientFrame.Subscribe subscribe -> subscribe(subscribe);
      case ClientFrame.Unsubscribe(String sub) -> unsubscribe(sub);
      case ClientFrame.Publish publish -> publish(publish);
      case ClientFrame.ReadHistory read -> history(read);
    }
  }

  /** Whether so many publishes wait for the log that no more are to be heard of. */
  boolean areTooMany() {
    return publishing >= MOST_PUBLISHES;
  }

  /** Goes on with another grant; what it does not allow has ended. */
  void regrant(TopicGrant grant) {
    List<Subscription> lost = client.regrant(grant);
    for (WsSubscription subscription : List.copyOf(subscriptions.values())) {
      if (lost.contains(subscription.subscription())) {
        subscriptions.remove(subscription.name());
        connection.send(
            frames.ended(
                subscription.name(),
                new Refusal(Refusal.Code.NOT_AUTHORIZED, "the new credential does not allow it")));
      }
    }
  }

  /** There is room in the outbox again. */
  void resume(Outbox outbox) {
    client.resume(outbox);
  }

  /** The connection is over. */
  void close() {
    List.copyOf(histories).forEach(HistoryRead::abandon);
    histories.clear();
    client.close();
  }

  private void subscribe(ClientFrame.Subscribe frame) {
    if (subscriptions.containsKey(frame.sub())) {
      refuse(frame, new Refusal(Refusal.Code.BAD_REQUEST, "there is a subscription of this name"));
      return;
    }
    switch (frame.start()) {
      case Answer.Refused<Start>(Refusal refusal) -> refuse(frame, refusal);
      case Answer.Given<Start>(Start start) -> begin(frame, start);
    }
  }

  private void begin(ClientFrame.Subscribe frame, Start start) {
    WsSubscription subscription = new WsSubscription(connection, this, frame.sub());
    subscriptions.put(frame.sub(), subscription);
    switch (client.subscribe(frame.filter(), start, frame.where(), frame.policy(), subscription)) {
      case Answer.Given<Subscription>(Subscription begun) -> {
        subscription.begun(begun);
        if (!subscriptions.containsValue(subscription)) {
          client.unsubscribe(begun);
        }
      }
      case Answer.Refused<Subscription>(Refusal refusal) -> {
        subscriptions.remove(frame.sub());
        refuse(frame, refusal);
      }
    }
  }

  private void refuse(ClientFrame.Subscribe frame, Refusal refusal) {
    session.refuse(null, frame.sub(), refusal);
  }

  private void unsubscribe(String name) {
    WsSubscription subscription = subscriptions.remove(name);
    if (subscription == null || subscription.subscription() == null) {
      session.refuse(
          null, name, new Refusal(Refusal.Code.BAD_REQUEST, "there is no such subscription"));
      return;
    }
    client.unsubscribe(subscription.subscription());
    connection.send(frames.unsubscribed(name));
  }

  /** A subscription has ended by itself. */
  void ended(WsSubscription subscription, Subscription of, Refusal refusal) {
    subscriptions.remove(subscription.name(), subscription);
    client.unsubscribe(of);
    connection.send(frames.ended(subscription.name(), refusal));
  }

  private void publish(ClientFrame.Publish frame) {
    publishing++;
    client.publish(
        frame.draft(),
        new Client.PublishResult() {
          @Override
          public void published(@Nullable Position position, long time) {
            if (frame.id() != null) {
              connection.send(
                  frames.published(frame.id(), position == null ? null : position.token(), time));
            }
            done();
          }

          @Override
          public void refused(Refusal refusal) {
            session.refuse(frame.id(), null, refusal);
            done();
          }
        });
  }

  private void done() {
    publishing--;
    if (!isAnswering) {
      isAnswering = true;
      loop.later(this::answered);
    }
  }

  /** The log acknowledges many at once: their answers are written together. */
  private void answered() {
    isAnswering = false;
    connection.answered();
  }

  private void history(ClientFrame.ReadHistory frame) {
    if (histories.size() >= MOST_HISTORIES) {
      session.refuse(
          frame.id(),
          null,
          new Refusal(
              Refusal.Code.OVERLOADED,
              "a connection reads at most " + MOST_HISTORIES + " histories at once"));
      return;
    }
    switch (frame.start()) {
      case Answer.Refused<Start>(Refusal refusal) -> session.refuse(frame.id(), null, refusal);
      case Answer.Given<Start>(Start start) ->
          new HistoryRead(frame.id())
              .begin(new History.Query(frame.filter(), start, frame.where(), frame.limit(), 0));
    }
  }

  private final class HistoryRead {
    private final String id;
    private @Nullable Runnable abandon;
    private boolean isDone;

    private HistoryRead(String id) {
      this.id = id;
    }

    private void begin(History.Query query) {
      Runnable ending = History.read(loop, client, connection.encoding(), query, this::done);
      if (!isDone) {
        abandon = ending;
        histories.add(this);
      }
    }

    private void done(Answer<History.Page> answer) {
      isDone = true;
      histories.remove(this);
      switch (answer) {
        case Answer.Given<History.Page>(History.Page page) ->
            connection.send(frames.history(id, page));
        case Answer.Refused<History.Page>(Refusal refusal) -> session.refuse(id, null, refusal);
      }
      connection.answered();
    }

    private void abandon() {
      if (abandon != null) {
        abandon.run();
      }
    }
  }
}
