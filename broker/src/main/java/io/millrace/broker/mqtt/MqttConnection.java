package io.millrace.broker.mqtt;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Outbox;
import io.millrace.broker.door.Refusal;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection of MQTT. Belongs to its event loop.
 *
 * <pre>
 *   WAITING ──CONNECT──> CONNECTING ──CONNACK──> CONNECTED ──DISCONNECT, error, lost──> OVER
 *      └── not in time ──────┴── refused ─────────────────────────────────────────────────┘
 * </pre>
 *
 * Nothing is read from a client while it is being let in, while its outbox is full, and while too
 * many of its messages wait for the log.
 */
final class MqttConnection implements Outbox.Wire, Sessions.Owner {
  private enum State {
    WAITING,
    CONNECTING,
    CONNECTED,
    OVER
  }

  private static final int MOST_PUBLISHES = 2000;
  private static final long SECOND = 1000;

  /** How long a client may read what ended it. */
  private static final long LINGER_MILLIS = 2000;

  private final MqttDoor door;
  private final DoorLoop loop;
  private final MqttTransport transport;
  private final Consumer<MqttConnection> gone;
  private final PacketReader reader;
  private final Outbox outbox;
  private final Consumer<Long> beat = this::beat;
  private final long openedAt;
  private State state = State.WAITING;
  private @Nullable ConnectedClient client;
  private @Nullable String ownedKey;
  private boolean isBusy;
  private boolean isReading = true;
  private boolean isWorking;
  private boolean isProgressing;
  private boolean isDiscarded;

  /** Whether CONNACK has said so. */
  private boolean isLetIn;

  private final LifeSigns signs;

  /**
   * @param gone hears when the transport is closed
   */
  MqttConnection(
      MqttDoor door, DoorLoop loop, MqttTransport transport, Consumer<MqttConnection> gone) {
    this.door = door;
    this.loop = loop;
    this.transport = transport;
    this.gone = gone;
    this.reader = new PacketReader(door.config().packetBytes());
    this.outbox = new Outbox(loop, this);
    this.openedAt = loop.now();
    this.signs = new LifeSigns(openedAt);
  }

  void open() {
    loop.metrics().opened(MqttDoor.NAME);
    loop.beat(beat);
    transport.open(this::came, this::stopping, this::closed);
  }

  private void came(byte[] bytes) {
    signs.heard(loop.now());
    if (state != State.OVER) {
      reader.feed(bytes);
      work();
    }
  }

  /** Handles what has come, as far as it may be handled now. */
  private void work() {
    if (isWorking) {
      return;
    }
    isWorking = true;
    try {
      while (mayRead()) {
        Packet packet = reader.next();
        if (packet == null) {
          break;
        }
        handle(packet);
      }
    } catch (MqttException e) {
      close(e.reason(), e.words());
    } finally {
      isWorking = false;
    }
    flush();
    regulate();
  }

  private void handle(Packet packet) throws MqttException {
    if (packet instanceof Packet.Connect connect) {
      state = State.CONNECTING;
      isBusy = true;
      new Handshake(this, door, loop, connect).begin(transport.presented());
    } else if (client != null) {
      client.handle(packet);
    }
  }

  private boolean mayRead() {
    return state != State.OVER
        && !isBusy
        && !outbox.isFull()
        && (client == null || client.publishing() < MOST_PUBLISHES);
  }

  private void regulate() {
    boolean mayRead = mayRead();
    if (mayRead != isReading && state != State.OVER) {
      isReading = mayRead;
      if (mayRead) {
        transport.resume();
      } else {
        transport.pause();
      }
    }
  }

  /**
   * Something is done that reading may have waited for; what comes together is written together.
   */
  void progress() {
    if (!isProgressing) {
      isProgressing = true;
      loop.later(
          () -> {
            isProgressing = false;
            flush();
            if (!isReading && mayRead()) {
              work();
            }
          });
    }
  }

  /** The client may be heard: it was let in. */
  void resumeReading() {
    isBusy = false;
    flush();
    work();
  }

  /** From now on it has to be said that the session is left. */
  void owns(String key) {
    ownedKey = key;
  }

  ConnectedClient connected(
      TopicGrant grant, MqttSession session, ConnectedClient.Terms terms, int keepAliveSeconds) {
    state = State.CONNECTED;
    // One and a half times what was agreed (section 3.1.2.10).
    signs.agreed(keepAliveSeconds * SECOND * 3 / 2, loop.now());
    ConnectedClient its =
        new ConnectedClient(
            this,
            door,
            loop,
            loop.client(MqttDoor.NAME, grant, this::grantEnded),
            outbox,
            session,
            terms);
    client = its;
    return its;
  }

  /** Says that the client is let in. */
  void letIn(byte[] connAck) {
    isLetIn = true;
    send(connAck);
  }

  private void grantEnded(Refusal refusal) {
    close(ReasonCode.NOT_AUTHORIZED, refusal.message());
    if (client != null) {
      client.grantEnded();
    }
  }

  /** Takes an answer; written at the next flush. */
  void send(byte[] packet) {
    ByteBuf place = outbox.force(packet.length);
    if (place != null) {
      place.writeBytes(packet);
    }
  }

  void flush() {
    outbox.flush();
  }

  /** The client is not let in. */
  void refuse(Version spoken, ReasonCode reason, String text) {
    if (state != State.OVER) {
      send(PacketWriter.connAck(spoken, false, reason, PacketWriter.reasonString(text)));
      over(reason.word(), false);
    }
  }

  /** Ends the connection with a reason, behind what has been taken. */
  void close(ReasonCode reason, String text) {
    // Also of a CONNECT that is wrong behind it.
    Version version = reader.version();
    switch (state) {
      case OVER -> {}
      case WAITING, CONNECTING -> {
        if (version.isV5() || reason == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
          refuse(version, reason, text);
        } else {
          over(reason.word(), false);
        }
      }
      case CONNECTED -> {
        if (!isLetIn) {
          refuse(version, reason, text);
          return;
        }
        if (version.isV5()) {
          send(PacketWriter.disconnect(reason, text));
        }
        over(
            reason.word(),
            reason != ReasonCode.NOT_AUTHORIZED && reason != ReasonCode.SERVER_SHUTTING_DOWN);
      }
    }
  }

  /** The client has ended it with DISCONNECT. */
  void disconnected(boolean withWill) {
    over("", withWill);
  }

  /**
   * @param word for the counter, where the server has ended it
   */
  private void over(String word, boolean withWill) {
    if (!word.isEmpty()) {
      loop.metrics().closed(MqttDoor.NAME, word);
    }
    end(withWill);
    outbox.write();
    transport.finish();
    loop.after(LINGER_MILLIS, transport::cut);
  }

  private void end(boolean withWill) {
    state = State.OVER;
    loop.calm(beat);
    if (client != null) {
      if (isLetIn) {
        client.leave(withWill, isDiscarded);
      } else {
        client.giveBack();
      }
      left();
    }
  }

  /** The session may go to another connection. */
  void left() {
    if (ownedKey != null) {
      door.sessions().left(this);
      ownedKey = null;
    }
  }

  boolean isOver() {
    return state == State.OVER;
  }

  private void closed() {
    if (state != State.OVER) {
      end(true);
    }
    outbox.close();
    gone.accept(this);
    loop.metrics().gone(MqttDoor.NAME);
  }

  @Override
  public void takenOver(boolean isEnd) {
    loop.later(
        () -> {
          isDiscarded |= isEnd;
          if (!isLetIn && state != State.OVER) {
            over(ReasonCode.SESSION_TAKEN_OVER.word(), false);
          }
          close(ReasonCode.SESSION_TAKEN_OVER, "another connection has this client identifier");
        });
  }

  @Override
  public void overwritten() {
    loop.later(
        () -> {
          if (client != null && state == State.CONNECTED) {
            client.keep();
          }
        });
  }

  @Override
  public Future<Void> deleted(Predicate<String> isGone) {
    Promise<Void> forgotten = Promise.promise();
    loop.later(
        () -> {
          if (client != null && state == State.CONNECTED) {
            client.deleted(isGone);
          }
          forgotten.complete();
        });
    return forgotten.future();
  }

  /** The server goes; any thread. */
  Future<Void> shutDown() {
    Promise<Void> told = Promise.promise();
    loop.later(
        () -> {
          stopping();
          told.complete();
        });
    return told.future();
  }

  private void stopping() {
    close(ReasonCode.SERVER_SHUTTING_DOWN, "the server is stopping");
  }

  private void beat(long now) {
    if (state != State.CONNECTED) {
      if (now - openedAt >= door.config().connectTimeout().toMillis()) {
        loop.metrics().closed(MqttDoor.NAME, "no-connect");
        end(false);
        transport.cut();
      }
      return;
    }
    String lost = signs.look(now, isReading, outbox.isFull());
    if (!lost.isEmpty()) {
      close(ReasonCode.KEEP_ALIVE_TIMEOUT, lost);
    } else if (client != null) {
      client.beat(now);
    }
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return transport.buffer(bytes);
  }

  @Override
  public void write(ByteBuf bytes, Runnable written) {
    transport.write(
        bytes,
        () -> {
          written.run();
          signs.took(loop.now());
          if (!isReading) {
            progress();
          }
        });
  }

  @Override
  public void roomAgain() {
    if (client != null && state == State.CONNECTED) {
      client.goOn();
    }
    progress();
  }

  @Override
  public void cut(String word) {
    if (state != State.OVER) {
      loop.metrics().closed(MqttDoor.NAME, word);
      end(true);
    }
    transport.cut();
  }
}
