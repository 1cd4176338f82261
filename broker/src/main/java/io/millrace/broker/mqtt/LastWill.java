package io.millrace.broker.mqtt;

import io.millrace.access.PublishLimits;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicGrant;
import io.millrace.broker.Parsed;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.message.Publication;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.Topic;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants published when it is lost (section 3.1.2.5), after its connection. Published
 * or cancelled once, by whoever comes first; thread-safe but for the factories and {@link #in}.
 *
 * <pre>
 *   WAITING ──its client comes──> HELD ──due──> DUE
 *    │  ^                          │ │           │
 *    │  └──── was not let in ──────┘ │           └── was not let in ──> DECIDED (published)
 *    └── due ──> DECIDED (published) └── was let in, as from each ────> DECIDED (cancelled)
 * </pre>
 */
final class LastWill {
  private enum State {
    WAITING,
    HELD,
    DUE,
    DECIDED
  }

  /** How often it is tried, and how far apart, while more is published than a rate allows. */
  private static final int MOST_REFUSALS = 50;

  private static final long AGAIN_MILLIS = 200;

  private final DoorLoop loop;
  private final Client client;
  private final MountPoint mount;
  private final Topic topic;
  private final Packet.Will message;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private volatile Runnable over = () -> {};

  /** How often it was refused for a rate; on the loop. */
  private int refusals;

  /**
   * @param clients makes the client that publishes, closed when the will is over; takes who hears
   *     that its grant has ended
   */
  private LastWill(
      DoorLoop loop,
      Function<Consumer<Refusal>, Client> clients,
      MountPoint mount,
      Topic topic,
      Packet.Will message) {
    this.loop = loop;
    this.client = clients.apply(ended -> cancel());
    this.mount = mount;
    this.topic = topic;
    this.message = message;
  }

  /**
   * That of a client, where it can be published at all.
   *
   * @param client closed when the will is published or cancelled; whoever hears that its grant has
   *     ended is to {@link #cancel} the will
   */
  static Optional<LastWill> of(
      DoorLoop loop, Client client, MountPoint mount, Packet.Will message) {
    return mount.topic(message.topic()) instanceof Parsed.Value<Topic>(Topic topic)
        ? Optional.of(new LastWill(loop, ended -> client, mount, topic, message))
        : Optional.empty();
  }

  /** That of a client whose connection, and whose grant with it, was lost with the process. */
  static Optional<LastWill> ofTheLost(DoorLoop loop, String key, StoredSession.KeptWill kept) {
    MountPoint mount = SessionKey.mountOf(key);
    if (!(mount.topic(kept.message().topic()) instanceof Parsed.Value<Topic>(Topic topic))) {
      return Optional.empty();
    }
    // What it was allowed when it connected, and nothing else; it can be revoked as it could then.
    TopicGrant grant =
        new TopicGrant(
            SessionKey.tenantOf(key),
            "will",
            kept.grantEndsAt(),
            kept.ids(),
            TopicCapabilities.of(List.of(topic.toString()), List.of(), Optional.of(List.of())),
            PublishLimits.NONE);
    return Optional.of(
        new LastWill(
            loop, ended -> loop.client(MqttDoor.NAME, grant, ended), mount, topic, kept.message()));
  }

  /** How long a will waits for its client: not longer than the session lasts. */
  static long delaySeconds(Packet.Will will, long sessionSeconds) {
    return Math.min(will.properties().number(Property.WILL_DELAY_INTERVAL, 0), sessionSeconds);
  }

  /** Publishes it after a time; on the loop. */
  void in(long millis) {
    if (millis <= 0) {
      publish();
    } else {
      loop.after(millis, this::publish);
    }
  }

  /** Hears when it was published, or was cancelled; on any thread. */
  void whenOver(Runnable told) {
    over = told;
  }

  /** Publishes it now, or when it is {@link #release released}. */
  void publish() {
    State before =
        state.getAndUpdate(
            its ->
                switch (its) {
                  case WAITING -> State.DECIDED;
                  case HELD -> State.DUE;
                  case DUE, DECIDED -> its;
                });
    if (before == State.WAITING) {
      loop.later(this::publishHere);
    }
  }

  /** Its client has come back and may be let in: until that is known it is not published. */
  void hold() {
    state.compareAndSet(State.WAITING, State.HELD);
  }

  /** Its client was not let in: it is published when it is due, or now when it was meanwhile. */
  void release() {
    State before =
        state.getAndUpdate(
            its ->
                switch (its) {
                  case HELD -> State.WAITING;
                  case DUE -> State.DECIDED;
                  case WAITING, DECIDED -> its;
                });
    if (before == State.DUE) {
      loop.later(this::publishHere);
    }
  }

  private void publishHere() {
    Optional<Publication> publication = publication();
    if (publication.isEmpty()) {
      over();
      return;
    }
    client.publish(
        topic,
        publication.get(),
        new Client.PublishResult() {
          @Override
          public void published(@Nullable Position position, long time) {
            over();
          }

          @Override
          public void refused(Refusal refusal) {
            // What its client published too fast shortly before counts against it too.
            if (refusal.code() == Refusal.Code.RATE_LIMITED && ++refusals < MOST_REFUSALS) {
              loop.after(AGAIN_MILLIS, LastWill.this::publishHere);
            } else {
              over();
            }
          }
        });
  }

  /** Its expiry counts from now on. */
  private Optional<Publication> publication() {
    try {
      return InboundMessage.of(topic, message, mount, new byte[0], Optional.empty(), loop.now())
              instanceof InboundMessage.Made.Good(Publication publication)
          ? Optional.of(publication)
          : Optional.empty();
    } catch (MqttException e) {
      // It was looked at when the client connected.
      return Optional.empty();
    }
  }

  private void over() {
    client.close();
    over.run();
  }

  /** The client is back, or it may not publish any more. */
  void cancel() {
    if (state.getAndSet(State.DECIDED) != State.DECIDED) {
      loop.later(this::over);
    }
  }
}
