package io.millrace.broker.mqtt;

import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.Packet.Acknowledgement;
import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends again what was in flight when the connection before was lost (section 4.4), in the same
 * order and with the same identifiers: messages out of the log, PUBREL by itself. What belongs to a
 * namespace that cannot be read now is put aside, in its order, and tried again until it can; the
 * rest does not wait for it. Belongs to the event loop.
 */
final class Resending {
  private static final long AGAIN_MILLIS = 1000;

  /** So long the rest waits for one message, then its namespace is put aside. */
  private static final long PATIENCE_MILLIS = 1000;

  private final DoorLoop loop;
  private final Client client;
  private final MqttSession session;
  private final Subscriptions subscriptions;
  private final Sender sender;
  private final AckOrder.Output output;
  private final Deque<InFlight> waiting = new ArrayDeque<>();
  private final Map<String, Delayed> delayed = new HashMap<>();
  private Runnable sent = () -> {};
  private Consumer<String> caughtUp = namespace -> {};
  private int window;

  /** Whether a message is being read: those behind it wait for it. */
  private boolean isFinding;

  /** How many have been waited for: tells whether one still is. */
  private long awaited;

  /**
   * @param window how many messages the client takes at once
   */
  Resending(
      DoorLoop loop,
      Client client,
      MqttSession session,
      Subscriptions subscriptions,
      int window,
      AckOrder.Output output) {
    this.loop = loop;
    this.client = client;
    this.session = session;
    this.subscriptions = subscriptions;
    this.sender = subscriptions.sender();
    this.window = window;
    this.output = output;
  }

  /**
   * Begins.
   *
   * @param told once, when the rest waits for acknowledgements or is put aside, or nothing is left
   * @param undelayed hears of each namespace that was put aside, when it has been sent again
   */
  void begin(Runnable told, Consumer<String> undelayed) {
    sent = told;
    caughtUp = undelayed;
    session.forgetDeleted();
    waiting.addAll(session.inFlight());
    next();
  }

  /** Whether messages of a namespace were put aside and have not been sent again yet. */
  boolean isDelayed(String namespace) {
    return delayed.containsKey(namespace);
  }

  /** The client has acknowledged a message: it takes another one. */
  void acknowledged() {
    if (!waiting.isEmpty() || isFinding) {
      window++;
      next();
    }
    new ArrayList<>(delayed.values()).forEach(Delayed::next);
  }

  private void next() {
    if (isFinding) {
      return;
    }
    while (!subscriptions.isOver()
        && !waiting.isEmpty()
        && (waiting.getFirst().isReleased() || window > 0)) {
      InFlight one = waiting.removeFirst();
      if (one.isReleased()) {
        output.acknowledge(Acknowledgement.Kind.PUBREL, one.packetId(), ReasonCode.SUCCESS, "");
        window--;
        continue;
      }
      if (isGone(one)) {
        continue;
      }
      Future<Optional<Message>> found = find(one);
      if (found.failed()) {
        putAside(one).later();
      } else if (found.succeeded()) {
        send(one, found.result());
      } else {
        await(one, found);
        return;
      }
    }
    if (subscriptions.isOver()) {
      return;
    }
    subscriptions.flush();
    Runnable told = sent;
    sent = () -> {};
    told.run();
  }

  private void await(InFlight one, Future<Optional<Message>> found) {
    isFinding = true;
    long turn = ++awaited;
    found.onComplete(
        read -> {
          if (isFinding && turn == awaited) {
            isFinding = false;
            if (read.succeeded()) {
              send(one, read.result());
            } else {
              putAside(one).later();
            }
            next();
          }
        });
    loop.after(
        PATIENCE_MILLIS,
        () -> {
          if (isFinding && turn == awaited) {
            isFinding = false;
            putAside(one).await(one, found);
            next();
          }
        });
  }

  /** A message cannot be read at the moment: it and those of its namespace behind it wait. */
  private Delayed putAside(InFlight one) {
    String namespace = one.place().namespace();
    Delayed its = new Delayed(namespace);
    its.add(one);
    waiting.removeIf(
        other -> {
          boolean isIts = !other.isReleased() && other.place().namespace().equals(namespace);
          if (isIts) {
            its.add(other);
          }
          return isIts;
        });
    delayed.put(namespace, its);
    return its;
  }

  private Future<Optional<Message>> find(InFlight one) {
    Place at = one.place();
    Future<Optional<Message>> found =
        client.again(at.namespace(), at.generation(), at.partition(), at.offset(), at.path());
    return one.retained()
        ? found.compose(
            message -> message.isPresent() ? Future.succeededFuture(message) : retained(at))
        : found;
  }

  /** A retained message outlives the log's own. */
  private Future<Optional<Message>> retained(Place at) {
    return client
        .retained(at.namespace() + "/" + at.path())
        .map(
            answer ->
                answer instanceof Answer.Given<List<Message>>(List<Message> messages)
                    ? messages.stream()
                        .filter(message -> message.offset() == at.offset())
                        .findFirst()
                    : Optional.empty());
  }

  /** Sends one that is to be had; the window has room for it. */
  private void send(InFlight one, Optional<Message> message) {
    if (!isGone(one) && transmit(one, message)) {
      window--;
    }
  }

  /** Whether it was acknowledged meanwhile, or its namespace deleted: then it is not sent. */
  private boolean isGone(InFlight one) {
    if (session.isInFlight(one.packetId(), one.place())) {
      return false;
    }
    session.forgetIfDeleted(one.packetId());
    return true;
  }

  /** Whether it was sent; otherwise it is in flight no more. */
  private boolean transmit(InFlight one, Optional<Message> message) {
    PublishEncoding encoding =
        message.map(its -> subscriptions.encoding(one.place().namespace(), its)).orElse(null);
    if (encoding == null) {
      session.lost(one.packetId());
      return false;
    }
    return sender.again(one, encoding);
  }

  /** What was put aside of one namespace. */
  private final class Delayed {
    private final String namespace;
    private final Deque<InFlight> messages = new ArrayDeque<>();

    /** Whether its first is being read, or is tried again in a while. */
    private boolean isBusy;

    Delayed(String namespace) {
      this.namespace = namespace;
    }

    void add(InFlight one) {
      messages.add(one);
      session.unsendable(one.packetId());
    }

    /** The log cannot be read at the moment. */
    void later() {
      isBusy = true;
      loop.after(
          AGAIN_MILLIS,
          () -> {
            isBusy = false;
            next();
          });
    }

    /** As far as the client takes more. */
    void next() {
      while (!isBusy && !subscriptions.isOver() && !messages.isEmpty()) {
        InFlight one = messages.getFirst();
        if (isGone(one)) {
          messages.removeFirst();
        } else if (session.hasRoom()) {
          Future<Optional<Message>> found = find(one);
          if (found.isComplete()) {
            read(one, found);
          } else {
            await(one, found);
          }
        } else {
          break;
        }
      }
      if (subscriptions.isOver()) {
        return;
      }
      subscriptions.flush();
      if (!isBusy && messages.isEmpty() && delayed.remove(namespace, this)) {
        caughtUp.accept(namespace);
      }
    }

    /** Goes on when its first has been read. */
    void await(InFlight first, Future<Optional<Message>> found) {
      isBusy = true;
      found.onComplete(
          read -> {
            isBusy = false;
            // New messages may have taken the room meanwhile: then it is read once more.
            if (session.hasRoom()) {
              read(first, read);
            }
            next();
          });
    }

    private void read(InFlight first, AsyncResult<Optional<Message>> read) {
      if (read.failed()) {
        later();
        return;
      }
      messages.removeFirst();
      session.sendable(first.packetId());
      if (!isGone(first)) {
        transmit(first, read.result());
      }
    }
  }
}
